import { EmptyState } from '../ui/empty-state'

type QueueEmptyProps = { isFiltered: boolean; hasAgents: boolean; appUrl: string }

/** No request is pending: what will appear, and the command that makes the first one. */
export function QueueEmpty({ isFiltered, hasAgents, appUrl }: QueueEmptyProps) {
  if (isFiltered) {
    return (
      <EmptyState icon="search" title="No pending request matches these filters">
        Requests of other agents and tools may wait: clear the filters below to see all.
      </EmptyState>
    )
  }
  return (
    <EmptyState
      icon="check"
      title="Nothing waits for you"
      command={hasAgents ? askCommand(appUrl) : deployCommand(appUrl)}
    >
      {hasAgents
        ? 'A gated tool call appears here the moment an agent asks, and the agent waits. Try it with an agent key:'
        : 'No agent has a policy yet. Deploy one with a key that may deploy, then gated calls appear here:'}
    </EmptyState>
  )
}

function askCommand(appUrl: string): string {
  return `curl ${appUrl}/api/approvals \\
  -H "Authorization: Bearer $HOLDPOINT_KEY" -H "Content-Type: application/json" \\
  -d '{"agent":"order-manager","tool":"order_tools.process_refund","params":{"order_id":"ORD-1287","amount":2400}}'`
}

function deployCommand(appUrl: string): string {
  return `curl -X PUT ${appUrl}/api/agents/order-manager \\
  -H "Authorization: Bearer $HOLDPOINT_KEY" -H "Content-Type: application/yaml" \\
  --data-binary @- <<'EOF'
approval:
  tools:
    - order_tools.process_refund: param.amount > 1000
EOF`
}
