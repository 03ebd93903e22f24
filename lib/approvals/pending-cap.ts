import { sql } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import type { Context } from '@/lib/context'
import { AppError } from '@/lib/errors'

/** So many asks may be under way in transactions, in all processes, without any of them overshooting the cap. */
export const margin = 64
/** The cap holds while no more processes than these ask directly at once, each as much as any other. */
const processes = 4
const capLock = 734_022

let begun = 0
let ended = 0

/** An ask that waits for nobody, from before it counts what is pending until `end`, when it is written or given up. */
export type DirectAsk = {
  /**
   * Whether it may go on without a lock: not where all that have been under way beside it could overshoot the cap.
   * @param pending the agent's, as it has counted
   * @param most the cap; 0 is none
   */
  hasRoom(pending: number, most: number): boolean
  end(): void
}

/** @param calls that it asks for */
export function beginDirectAsk(calls = 1): DirectAsk {
  const endedBefore = ended
  begun += calls
  return {
    hasRoom: (pending, most) => most === 0 || pending + processes * (begun - endedBefore) <= most,
    end: () => void (ended += calls),
  }
}

/**
 * Keeps an agent's pending approvals within the setting. Far from the cap, a bounded count; near it, one
 * at a time per agent, so that not even a burst overshoots.
 * @throws AppError `too_many_pending`
 */
export async function requireRoomForPending(tx: Transaction, ctx: Context, agentId: string): Promise<void> {
  const most = ctx.limits.maxPendingPerAgent
  if (most === 0) return
  if ((await countUpTo(tx, agentId, most - margin)) < most - margin) return
  await tx.execute(sql`select pg_advisory_xact_lock(${capLock}, hashtext(${agentId}))`)
  if ((await countUpTo(tx, agentId, most)) < most) return
  throw new AppError(
    'too_many_pending',
    `This agent has ${most} approvals pending; decide or cancel some first (MAX_PENDING_PER_AGENT).`,
    { headers: { 'Retry-After': '30' } },
  )
}

async function countUpTo(tx: Transaction, agentId: string, most: number): Promise<number> {
  if (most <= 0) return most
  const [row] = await tx.execute<{ count: number }>(sql`
    select count(*)::int as count from (
      select 1 from approvals where agent_id = ${agentId} and status = 'pending' limit ${most}) found`)
  return row?.count ?? 0
}
