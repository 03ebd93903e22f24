import { and, asc, eq, isNotNull, or, sql } from 'drizzle-orm'
import { onceFor, type Database } from '@/db/client'
import { agents } from '@/db/schema/agents'
import { projects } from '@/db/schema/identity'

/** So many paused agents are named. */
const mostNamed = 20

const flags = (of: typeof agents | typeof projects) => ({
  pausedAt: of.pausedAt,
  pausedBy: of.pausedBy,
  pauseReason: of.pauseReason,
})

/** Built once, for every page of the console reads them. */
const statements = onceFor((db) => ({
  project: db
    .select({ ...flags(projects), archivedAt: projects.archivedAt, archivedBy: projects.archivedBy })
    .from(projects)
    .where(
      and(
        eq(projects.id, sql.placeholder('project')),
        or(isNotNull(projects.pausedAt), isNotNull(projects.archivedAt)),
      ),
    )
    .prepare('paused_project'),
  agents: db
    .select({ name: agents.name, ...flags(agents) })
    .from(agents)
    .where(and(eq(agents.projectId, sql.placeholder('project')), isNotNull(agents.pausedAt)))
    .orderBy(asc(agents.name))
    .limit(mostNamed)
    .prepare('paused_agents'),
}))

/** What of a project is paused: all of it, be it that it is archived, and the first twenty of its agents that are for themselves. */
export async function listPauses(db: Database, projectId: string) {
  const { project, agents } = statements(db)
  const [[paused], ofAgents] = await Promise.all([
    project.execute({ project: projectId }),
    agents.execute({ project: projectId }),
  ])
  return { project: paused, agents: ofAgents }
}
