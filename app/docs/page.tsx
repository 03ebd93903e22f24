import { GuidePage, guideMetadata } from '@/components/docs/guide-page'
import { pages } from '@/lib/paths'

export const generateMetadata = () => guideMetadata(pages.docs())

export default function DocsPage() {
  return <GuidePage path={pages.docs()} />
}
