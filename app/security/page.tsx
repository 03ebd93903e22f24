import { GuidePage, guideMetadata } from '@/components/docs/guide-page'
import { pages } from '@/lib/paths'
import '../docs/docs.css'

export const generateMetadata = () => guideMetadata(pages.security())

export default function SecurityPage() {
  return <GuidePage path={pages.security()} />
}
