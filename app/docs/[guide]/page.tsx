import { GuidePage, guideMetadata } from '@/components/docs/guide-page'
import { pages } from '@/lib/paths'

type Props = { params: Promise<{ guide: string }> }

export async function generateMetadata({ params }: Props) {
  return guideMetadata(pages.docs((await params).guide))
}

export default async function Guide({ params }: Props) {
  return <GuidePage path={pages.docs((await params).guide)} />
}
