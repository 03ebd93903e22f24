import { and, asc, eq, isNotNull, or } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { agents } from '@/db/schema/agents'
import { projects } from '@/db/schema/identity'

/** So many paused agents are named. */
const mostNamed = 20

/** What of a project is paused: all of it, be it that it is archived, and the first twenty of its agents that are for themselves. */
export async function listPauses(db: Queryable, projectId: string) {
  const flags = (of: typeof agents | typeof projects) => ({
    pausedAt: of.pausedAt,
    pausedBy: of.pausedBy,
    pauseReason: of.pauseReason,
  })
  const [[project], paused] = await Promise.all([
    db
      .select({ ...flags(projects), archivedAt: projects.archivedAt, archivedBy: projects.archivedBy })
      .from(projects)
      .where(
        and(eq(projects.id, projectId), or(isNotNull(projects.pausedAt), isNotNull(projects.archivedAt))),
      ),
    db
      .select({ name: agents.name, ...flags(agents) })
      .from(agents)
      .where(and(eq(agents.projectId, projectId), isNotNull(agents.pausedAt)))
      .orderBy(asc(agents.name))
      .limit(mostNamed),
  ])
  return { project, agents: paused }
}
