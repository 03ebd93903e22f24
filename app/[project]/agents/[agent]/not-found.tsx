import { PageHeader } from '@/components/ui/page-header'
import * as say from '@/words/pages/agents'

export { generateMetadata } from '../../not-found'

export default function AgentNotFound() {
  return <PageHeader title={say.noSuchAgent} note={say.namesAreToldApart} />
}
