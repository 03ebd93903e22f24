import { eq, sql, type SQL } from 'drizzle-orm'
import { alias, type PgColumn } from 'drizzle-orm/pg-core'
import { agents } from '@/db/schema/agents'
import { projects } from '@/db/schema/identity'

/** Since when nothing of an agent is released, who paused it or its whole project or archived that, and why. */
export type Pause = { of: 'agent' | 'project' | 'archive'; at: Date; by: string; reason: string | null }

type Paused = Record<'pausedAt' | 'pausedBy' | 'pauseReason', PgColumn>
type Archived = Record<'archivedAt' | 'archivedBy', PgColumn>

const described = (of: Pause['of'], { pausedAt, pausedBy, pauseReason }: Paused) =>
  sql`when ${pausedAt} is not null then json_build_object('of', ${sql.raw(`'${of}'`)}, 'at', ${pausedAt}, 'by', ${pausedBy}, 'reason', ${pauseReason})::text`

const archivedIn = ({ archivedAt, archivedBy }: Archived) =>
  sql`when ${archivedAt} is not null then json_build_object('of', 'archive', 'at', ${archivedAt}, 'by', ${archivedBy}, 'reason', null)::text`

function readPause(text: string): Pause {
  const { at, ...rest } = JSON.parse(text) as Omit<Pause, 'at'> & { at: string }
  return { ...rest, at: new Date(at) }
}

/** The pause of an agent whose row and whose project's the statement reads; what is of the project goes first. */
export const pauseIn = (agent: Paused, project: Paused & Archived): SQL<Pause | null> =>
  sql`case ${archivedIn(project)} ${described('project', project)} ${described('agent', agent)} end`.mapWith(
    readPause,
  ) as SQL<Pause | null>

const [pausedAgent, pausedProject] = [alias(agents, 'paused_agent'), alias(projects, 'paused_project')]

/** The same of the agent of this id, wherever the statement reads. */
export const pauseOf = (agentId: PgColumn): SQL<Pause | null> =>
  sql`(select ${pauseIn(pausedAgent, pausedProject)} from ${agents} paused_agent
    join ${projects} paused_project on ${eq(pausedProject.id, pausedAgent.projectId)}
    where ${eq(pausedAgent.id, agentId)})`.mapWith(readPause) as SQL<Pause | null>

/** The same where the statement reads the agent's project as `projects`. */
export const pauseOfOneIn = (agentId: PgColumn): SQL<Pause | null> =>
  sql`(select ${pauseIn(pausedAgent, projects)} from ${agents} paused_agent
    where ${eq(pausedAgent.id, agentId)})`.mapWith(readPause) as SQL<Pause | null>
