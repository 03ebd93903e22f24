import { and, eq, sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { agents, agentVersions } from '@/db/schema/agents'
import { projects } from '@/db/schema/identity'
import { setBounded } from '@/lib/bounded-map'
import { projectArchived } from '@/lib/archive/refuse'
import { AppError } from '@/lib/errors'
import { compilePolicy, type CompiledPolicy } from '@/lib/policy/gate'
import { parsePolicy } from '@/lib/policy/parse'

/** The policy in force for an agent, ready to judge calls. */
export type DeployedPolicy = {
  agentId: string
  agentName: string
  versionId: string
  version: number
  compiled: CompiledPolicy
}

const mostKept = 500
const compiledByVersion = new Map<string, CompiledPolicy>()

/**
 * The policy in force, with the database's clock and whether the project records runs, for what starts a run.
 * @throws AppError `agent_not_deployed`, `project_archived`
 */
export async function findPolicyNow(
  db: Queryable,
  projectId: string,
  agentName: string,
): Promise<{ policy: DeployedPolicy; now: Date; auditRuns: boolean }> {
  const [row] = await db
    .select({
      agentId: agents.id,
      agentName: agents.name,
      versionId: agents.versionId,
      version: agents.version,
      now: sql`clock_timestamp()`.mapWith((text: string) => new Date(text)),
      auditRuns: projects.auditRuns,
      archivedAt: projects.archivedAt,
    })
    .from(agents)
    .innerJoin(projects, eq(projects.id, agents.projectId))
    .where(and(eq(agents.projectId, projectId), eq(agents.name, agentName)))
    .limit(1)
  if (!row) throw notDeployed(agentName)
  const { now, auditRuns, archivedAt, ...agent } = row
  if (archivedAt) throw projectArchived()
  return { policy: { ...agent, compiled: await compiledPolicy(db, row.versionId) }, now, auditRuns }
}

function notDeployed(agentName: string): AppError {
  const detail = `No file of agent "${agentName.slice(0, 64)}" is deployed in this project; PUT /api/agents/{name} first.`
  return new AppError('agent_not_deployed', detail, { errors: [{ pointer: '/agent', detail }] })
}

/** The policy of a version, ready to judge calls; kept in memory, for the text of a version never changes. */
export async function compiledPolicy(db: Queryable, versionId: string): Promise<CompiledPolicy> {
  const kept = compiledByVersion.get(versionId)
  if (kept) return kept
  const [row] = await db
    .select({ config: agentVersions.config })
    .from(agentVersions)
    .where(eq(agentVersions.id, versionId))
  const parsed = parsePolicy(row?.config ?? '')
  // A version that was accepted and no longer parses gates by failing the ask, never by letting it pass.
  if (!row || !parsed.ok) throw new Error(`policy version ${versionId} cannot be read`)
  const compiled = compilePolicy(parsed.policy)
  setBounded(compiledByVersion, versionId, compiled, mostKept)
  return compiled
}
