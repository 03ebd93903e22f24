import { and, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { Transaction } from '@/db/client'
import { findProject } from '@/db/queries/members'
import { agents } from '@/db/schema/agents'
import { projects } from '@/db/schema/identity'
import { awaitReleases } from '@/db/writes/pause'
import { readAgent } from '@/lib/agents/read'
import { Agent, AgentByName } from '@/lib/agents/schemas'
import { recordAudit } from '@/lib/audit/record'
import type { Context } from '@/lib/context'
import { AppError, notFound } from '@/lib/errors'
import { ProjectDetails } from '@/lib/members/schemas'
import { projectToWire } from '@/lib/members/wire'
import { requireNeed, rightOf, type Need } from '@/lib/need'
import { assertStillAllowed } from '@/lib/rights'
import { verb } from '@/lib/verb'
import { visible } from '@/lib/untrusted/visible'
import { PauseInput } from './schemas'
import { tellPause } from './tell'

/** Whoever may decide may stop; who may change the gate lets it go on. Whoever has the server's terminal may both. */
const mayPause = { role: 'reviewer', orOperator: true } as const satisfies Need
const mayResume = { role: 'admin', orOperator: true } as const satisfies Need

const refuses = ['agent_key_cannot_decide'] as const
const common = { judgesItself: true, input: PauseInput, bucket: 'decide' } as const

type Change = { is: 'paused' | 'resumed'; reason: string | null }

/** What is paused, as records name it. */
type Subject = { type: 'agent' | 'project'; id: string; label: string }

/** An operator's command may give none. */
type Given = { reason?: string | undefined }

/**
 * Stops an agent: once this has answered, no call of it is released, and whatever was on its way is over. A second
 * time it changes nothing.
 * @throws AppError `agent_key_cannot_decide`, `forbidden` below reviewer, `not_found`
 */
export const pauseAgent = verb(
  {
    summary: 'Pause an agent: nothing of it is released',
    need: mayPause,
    path: AgentByName,
    output: Agent,
    refuses: [...refuses, 'not_found'],
    ...common,
  },
  (ctx, { name, ...given }) => changeAgent(ctx, mayPause, name, { is: 'paused', reason: reasonOf(given) }),
)

/**
 * Lets an agent go on. What waited meanwhile waits on; what expired has expired.
 * @throws AppError `agent_key_cannot_decide`, `forbidden` below admin, `not_found`
 */
export const resumeAgent = verb(
  {
    summary: 'Let an agent go on that was paused',
    need: mayResume,
    path: AgentByName,
    output: Agent,
    refuses: [...refuses, 'not_found'],
    ...common,
  },
  (ctx, { name, ...given }) => changeAgent(ctx, mayResume, name, { is: 'resumed', reason: reasonOf(given) }),
)

/** The same for all agents of the project, those that come later included. */
export const pauseProject = verb(
  {
    summary: 'Pause the project: nothing in it is released',
    need: mayPause,
    output: ProjectDetails,
    refuses: [...refuses],
    ...common,
  },
  (ctx, given) => changeProject(ctx, mayPause, { is: 'paused', reason: reasonOf(given) }),
)

/** Agents that are paused for themselves stay so. */
export const resumeProject = verb(
  {
    summary: 'Let the project go on that was paused',
    need: mayResume,
    output: ProjectDetails,
    refuses: [...refuses],
    ...common,
  },
  (ctx, given) => changeProject(ctx, mayResume, { is: 'resumed', reason: reasonOf(given) }),
)

const actions = {
  agent: { paused: 'agent.paused', resumed: 'agent.resumed' },
  project: { paused: 'project.paused', resumed: 'project.resumed' },
} as const

const reasonOf = ({ reason }: Given) => (reason && visible(reason) ? reason : null)

async function changeAgent(ctx: Context, need: Need, name: string, change: Change): Promise<Agent> {
  await inTransaction(ctx, need, change, async (tx) => {
    const [agent] = await tx
      .select({ id: agents.id, label: agents.name })
      .from(agents)
      .where(and(eq(agents.projectId, ctx.project.id), eq(agents.name, name)))
    if (!agent) throw notFound()
    const changed = await tx
      .update(agents)
      .set(flagsFor(ctx, change))
      .where(and(eq(agents.id, agent.id), differs(agents.pausedAt, change)))
      .returning({ id: agents.id })
    return changed.length > 0 ? { type: 'agent', ...agent } : undefined
  })
  return readAgent(ctx, name)
}

async function changeProject(ctx: Context, need: Need, change: Change): Promise<ProjectDetails> {
  const { id, name: label } = ctx.project
  await inTransaction(ctx, need, change, async (tx) => {
    const changed = await tx
      .update(projects)
      .set(flagsFor(ctx, change))
      .where(and(eq(projects.id, id), differs(projects.pausedAt, change)))
      .returning({ id: projects.id })
    return changed.length > 0 ? { type: 'project', id, label } : undefined
  })
  const project = await findProject(ctx.db, id)
  if (!project) throw notFound()
  return projectToWire(project)
}

/** @param write sets the flags, and says of what, where that changed anything */
async function inTransaction(
  ctx: Context,
  need: Need,
  change: Change,
  write: (tx: Transaction) => Promise<Subject | undefined>,
): Promise<void> {
  if (ctx.actor.type === 'key')
    throw new AppError('agent_key_cannot_decide', 'An agent key can neither pause anything nor let it go on.')
  requireNeed(ctx, need)
  await ctx.db.transaction(async (tx) => {
    if (change.is === 'paused') await awaitReleases(tx, ctx.project.id)
    await assertStillAllowed(tx, ctx, rightOf(ctx, need))
    const subject = await write(tx)
    if (!subject) return
    const { reason } = change
    await recordAudit(tx, ctx, {
      action: actions[subject.type][change.is],
      target: subject,
      detail: { reason, ...(subject.type === 'agent' && { agent: subject.label }) },
    })
    await tellPause(tx, ctx, subject, change)
  })
}

const differs = (pausedAt: PgColumn, { is }: Change) =>
  is === 'paused' ? isNull(pausedAt) : isNotNull(pausedAt)

function flagsFor({ actor }: Context, { is, reason }: Change) {
  return is === 'paused'
    ? { pausedAt: sql`clock_timestamp()`, pausedBy: actor.label, pauseReason: reason }
    : { pausedAt: null, pausedBy: null, pauseReason: null }
}
