import { PageHeader } from '@/components/ui/page-header'

export default function AgentNotFound() {
  return (
    <PageHeader
      title="No such agent"
      note="No agent of this name is deployed in this project. Names are told apart exactly; see Agents for those there are."
    />
  )
}
