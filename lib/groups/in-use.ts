import { sql } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { AppError } from '@/lib/errors'
import { parsePolicy } from '@/lib/policy/parse'

/**
 * Refuses what would leave a policy in force, or a request that waits, with a name that stands for nobody.
 * @throws AppError `group_in_use` with the agents
 */
export async function requireUnused(tx: Transaction, projectId: string, slug: string): Promise<void> {
  const deployed = await tx.execute<{ agent: string; config: string }>(sql`
    select a.name as agent, v.config from agents a join agent_versions v on v.id = a.version_id
    where a.project_id = ${projectId} and position(${slug}::text in v.config) > 0`)
  const asking = await tx.execute<{ agent: string }>(sql`
    select distinct agent_name as agent from approvals
    where project_id = ${projectId} and status = 'pending' and position(${JSON.stringify(slug)}::text in terms) > 0`)
  const inForce = deployed.filter(({ config }) => isNamed(slug, config))
  const agents = [...new Set([...inForce, ...asking].map(({ agent }) => agent))].sort()
  if (agents.length === 0) return
  const detail = `Policies or pending requests of ${agents.join(', ')} name this group; deploy them without it first.`
  throw new AppError('group_in_use', detail, { members: { agents } })
}

function isNamed(slug: string, config: string): boolean {
  const parsed = parsePolicy(config)
  return parsed.ok && parsed.people.names.has(slug)
}
