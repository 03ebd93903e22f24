import type { AgentRecord } from '@/db/queries/agents'
import { flagsToWire } from '@/lib/pause/wire'
import type { Agent, Policy } from './schemas'

/** An agent with its texts as far as they were read. */
type Read = Omit<AgentRecord, 'config' | 'policy'> & { config: string | null }

/**
 * An agent as everybody outside sees it.
 * @param policy as kept beside the file (`understood.ts`)
 */
export function agentToWire(record: Read, policy: string): Agent {
  return {
    name: record.name,
    version: record.version,
    config: record.config ?? '',
    policy: JSON.parse(policy) as Policy,
    warnings: record.warnings,
    deployed_by: { type: record.deployedByType, id: record.deployedById, label: record.deployedByLabel },
    deployed_at: record.deployedAt.toISOString(),
    paused: flagsToWire(record),
  }
}
