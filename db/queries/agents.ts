import { and, asc, desc, eq, gt, isNull, sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { agents, agentVersions } from '@/db/schema/agents'
import { bytesOf, cutPage, ifWithin, isWithinBytes } from './bounded'

const columns = {
  id: agents.id,
  name: agents.name,
  pausedAt: agents.pausedAt,
  pausedBy: agents.pausedBy,
  pauseReason: agents.pauseReason,
  version: agentVersions.version,
  versionId: agentVersions.id,
  config: agentVersions.config,
  policy: agentVersions.policy,
  warnings: agentVersions.warnings,
  deployedByType: agentVersions.deployedByType,
  deployedById: agentVersions.deployedById,
  deployedByLabel: agentVersions.deployedByLabel,
  deployedAt: agentVersions.deployedAt,
}

/** An agent with the version in force. */
export type AgentRecord = NonNullable<Awaited<ReturnType<typeof findAgent>>>

const inForce = and(eq(agentVersions.agentId, agents.id), eq(agentVersions.version, agents.version))

export async function findAgent(db: Queryable, projectId: string, name: string) {
  const [row] = await db
    .select(columns)
    .from(agents)
    .innerJoin(agentVersions, inForce)
    .where(and(eq(agents.projectId, projectId), eq(agents.name, name)))
    .limit(1)
  return row
}

/** Which of the long texts a list is read with. */
export type AgentTexts = { config: boolean; policy: boolean }

/** An agent of a list; texts that were not asked for are null. */
export type ListedAgent = Omit<AgentRecord, 'config'> & { config: string | null }

/** A page of the project's agents by name, after `afterName`, as many as its bytes allow. */
export async function listAgents(
  db: Queryable,
  projectId: string,
  page: { limit: number; afterName?: string | undefined; texts: AgentTexts },
): Promise<{ items: ListedAgent[]; end?: ListedAgent }> {
  const { config, policy } = agentVersions
  const read = [...(page.texts.config ? [config] : []), ...(page.texts.policy ? [policy] : [])]
  const isWithin = isWithinBytes(read.map(bytesOf), sql`${agents.name}`)
  const rows = await db
    .select({
      ...columns,
      config: page.texts.config ? ifWithin(isWithin, config) : sql<null>`null`,
      policy: page.texts.policy ? ifWithin(isWithin, policy) : sql<null>`null`,
      isWithin,
    })
    .from(agents)
    .innerJoin(agentVersions, inForce)
    .where(
      and(
        eq(agents.projectId, projectId),
        page.afterName === undefined ? undefined : gt(agents.name, page.afterName),
      ),
    )
    .orderBy(asc(agents.name))
    .limit(page.limit + 1)
  return cutPage(rows, page.limit)
}

/** The names of the project's agents, the first hundred in order. */
export async function listAgentNames(db: Queryable, projectId: string): Promise<string[]> {
  const rows = await db
    .select({ name: agents.name })
    .from(agents)
    .where(eq(agents.projectId, projectId))
    .orderBy(asc(agents.name))
    .limit(100)
  return rows.map(({ name }) => name)
}

/** The versions of an agent without their files, newest first; at most 100. */
export async function listAgentVersions(db: Queryable, projectId: string, name: string) {
  return db
    .select({
      version: agentVersions.version,
      deployedByLabel: agentVersions.deployedByLabel,
      deployedAt: agentVersions.deployedAt,
    })
    .from(agentVersions)
    .innerJoin(agents, eq(agents.id, agentVersions.agentId))
    .where(and(eq(agents.projectId, projectId), eq(agents.name, name)))
    .orderBy(desc(agentVersions.version))
    .limit(100)
}

/** One version of an agent. */
export async function findAgentVersion(db: Queryable, projectId: string, name: string, version: number) {
  const [row] = await db
    .select({ ...columns })
    .from(agentVersions)
    .innerJoin(agents, eq(agents.id, agentVersions.agentId))
    .where(and(eq(agents.projectId, projectId), eq(agents.name, name), eq(agentVersions.version, version)))
    .limit(1)
  return row
}

/** Files whose policy is not kept as understood yet, of any project, after `afterId`. */
export async function listNotUnderstood(db: Queryable, afterId: string, limit: number) {
  return db
    .select({ id: agentVersions.id, config: agentVersions.config })
    .from(agentVersions)
    .where(and(isNull(agentVersions.policy), gt(agentVersions.id, afterId)))
    .orderBy(asc(agentVersions.id))
    .limit(limit)
}
