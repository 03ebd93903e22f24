import type { AgentRecord } from '@/db/queries/agents'
import { parsePolicy, policyToWire } from '@/lib/policy/parse'
import type { Agent, Policy } from './schemas'

/** The policy of a stored file as understood. A stored file has been accepted once, so it parses. */
export function storedPolicy(config: string): Policy {
  const parsed = parsePolicy(config)
  if (!parsed.ok) throw new Error('a stored policy cannot be read')
  return policyToWire(parsed.policy)
}

/** An agent as everybody outside sees it. */
export function agentToWire(record: AgentRecord): Agent {
  return {
    name: record.name,
    version: record.version,
    config: record.config,
    policy: storedPolicy(record.config),
    warnings: record.warnings,
    deployed_by: { type: record.deployedByType, id: record.deployedById, label: record.deployedByLabel },
    deployed_at: record.deployedAt.toISOString(),
  }
}
