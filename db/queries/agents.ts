import { and, asc, desc, eq, gt } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { agents, agentVersions } from '@/db/schema/agents'

const columns = {
  id: agents.id,
  name: agents.name,
  version: agentVersions.version,
  versionId: agentVersions.id,
  config: agentVersions.config,
  warnings: agentVersions.warnings,
  deployedByType: agentVersions.deployedByType,
  deployedById: agentVersions.deployedById,
  deployedByLabel: agentVersions.deployedByLabel,
  deployedAt: agentVersions.deployedAt,
}

/** An agent with the version in force. */
export type AgentRecord = NonNullable<Awaited<ReturnType<typeof findAgent>>>

function selectAgents(db: Queryable) {
  return db
    .select(columns)
    .from(agents)
    .innerJoin(
      agentVersions,
      and(eq(agentVersions.agentId, agents.id), eq(agentVersions.version, agents.version)),
    )
}

export async function findAgent(db: Queryable, projectId: string, name: string) {
  const [row] = await selectAgents(db)
    .where(and(eq(agents.projectId, projectId), eq(agents.name, name)))
    .limit(1)
  return row
}

/** Every agent of the project by name, after `afterName`. */
export async function listAgents(
  db: Queryable,
  projectId: string,
  page: { limit: number; afterName?: string | undefined },
): Promise<AgentRecord[]> {
  return selectAgents(db)
    .where(
      and(
        eq(agents.projectId, projectId),
        page.afterName === undefined ? undefined : gt(agents.name, page.afterName),
      ),
    )
    .orderBy(asc(agents.name))
    .limit(page.limit)
}

/** The versions of an agent, newest first; at most 100. */
export async function listAgentVersions(db: Queryable, projectId: string, name: string) {
  return db
    .select({
      version: agentVersions.version,
      config: agentVersions.config,
      warnings: agentVersions.warnings,
      deployedByLabel: agentVersions.deployedByLabel,
      deployedAt: agentVersions.deployedAt,
    })
    .from(agentVersions)
    .innerJoin(agents, eq(agents.id, agentVersions.agentId))
    .where(and(eq(agents.projectId, projectId), eq(agents.name, name)))
    .orderBy(desc(agentVersions.version))
    .limit(100)
}
