import { findAgent, listAgents } from '@/db/queries/agents'
import { decodeCursor, encodeCursor } from '@/db/queries/cursor'
import { requireReader, type Context } from '@/lib/context'
import { notFound } from '@/lib/runs/in-run'
import { agentToWire } from './wire'
import type { Agent } from './schemas'

/** @throws AppError `not_found`, `forbidden` */
export async function readAgent(ctx: Context, name: string): Promise<Agent> {
  requireReader(ctx)
  const record = await findAgent(ctx.db, ctx.project.id, name)
  if (!record) throw notFound()
  return agentToWire(record)
}

/**
 * A page of agents by name.
 * @throws AppError `invalid_cursor`, `forbidden`
 */
export async function readAgents(
  ctx: Context,
  page: { limit: number; cursor?: string | undefined },
): Promise<{ items: Agent[]; next_cursor: string | null }> {
  requireReader(ctx)
  const afterName =
    page.cursor === undefined ? undefined : decodeCursor('agents', ctx.project.id, page.cursor)[0]
  const records = await listAgents(ctx.db, ctx.project.id, { limit: page.limit + 1, afterName })
  const items = records.slice(0, page.limit)
  const last = items.at(-1)
  return {
    items: items.map(agentToWire),
    next_cursor:
      records.length > page.limit && last ? encodeCursor('agents', ctx.project.id, [last.name]) : null,
  }
}
