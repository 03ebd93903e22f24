import type { Database } from '@/db/client'
import { findAgent, listAgents, type AgentRecord } from '@/db/queries/agents'
import { decodeCursor, encodeCursor } from '@/db/queries/cursor'
import type { Context } from '@/lib/context'
import { pick, wants, type Fields, type Listed } from '@/lib/fields'
import { notFound } from '@/lib/errors'
import { Agent, AgentByName, policyReader } from './schemas'
import { keepUnderstood } from './understood'
import { agentToWire } from './wire'
import { z } from 'zod'
import { verb } from '@/lib/verb'
import { requireNeed } from '@/lib/need'
import { fieldsOf, listOf, paging } from '@/lib/query'

/** @throws AppError `not_found`, `forbidden` */
export async function readAgent(ctx: Context, name: string): Promise<Agent> {
  requireNeed(ctx, policyReader)
  const record = await findAgent(ctx.db, ctx.project.id, name)
  if (!record) throw notFound()
  const [policy = ''] = await policiesOf(ctx.db, [record])
  return agentToWire(record, policy)
}

/**
 * A page of agents by name, as many as its bytes allow; no file is parsed for it.
 * @param fields members to give; a text that is not among them is not read
 * @throws AppError `invalid_cursor`, `forbidden`
 */
export async function readAgents<K extends keyof Agent>(
  ctx: Context,
  page: { limit: number; cursor?: string | undefined },
  fields?: Fields<K>,
): Promise<Listed<Pick<Agent, K>>> {
  requireNeed(ctx, policyReader)
  const { id: projectId } = ctx.project
  const afterName = page.cursor === undefined ? undefined : decodeCursor('agents', projectId, page.cursor)[0]
  const texts = { config: wants<string>(fields, 'config'), policy: wants<string>(fields, 'policy') }
  const { items, end } = await listAgents(ctx.db, projectId, { limit: page.limit, afterName, texts })
  const policies = texts.policy ? await policiesOf(ctx.db, items) : []
  return {
    items: items.map((record, at) => pick(agentToWire(record, policies[at] ?? 'null'), fields)),
    next_cursor: end ? encodeCursor('agents', projectId, [end.name]) : null,
  }
}

type Kept = Pick<AgentRecord, 'versionId' | 'policy'>

/** The policies of agents as kept; those that were not yet are kept now. */
async function policiesOf(db: Database, records: Kept[]): Promise<string[]> {
  const missing = records.filter(({ policy }) => policy === null).map(({ versionId }) => versionId)
  const kept = await keepUnderstood(db, missing)
  return records.map(({ versionId, policy }) => policy ?? kept.get(versionId) ?? 'null')
}

export const readAgentVerb = verb(
  {
    summary: 'Read an agent',
    need: policyReader,
    path: AgentByName,
    output: Agent,
    refuses: ['not_found'],
    versioned: true,
  },
  (ctx, { name }) => readAgent(ctx, name),
)

export const readAgentsVerb = verb(
  {
    summary: 'List agents',
    need: policyReader,
    query: z.strictObject({ ...paging, fields: fieldsOf(Agent.keyof().options, ['name']) }),
    output: listOf(Agent),
    refuses: [],
  },
  (ctx, { fields, ...page }) => readAgents(ctx, page, fields),
)
