import type { Queryable } from '@/db/client'
import type { RunStatus } from '@/db/queries/runs'
import { startItem } from '@/db/writes/start'
import type { Context, KeyActor } from '@/lib/context'
import { isFinished } from '@/lib/runs/statuses'
import type { CallRow } from './call-rows'
import { retryHash } from './retry-hash'

/** Who has started a call that needs no approval, as who asks sees it. */
export type Start = 'nobody' | 'this' | 'other'

/** Who has started a call, to who shows this hash. */
function startOf(call: Pick<CallRow, 'startHash'>, hash: string | null): Start {
  if (call.startHash === null) return 'nobody'
  return call.startHash === hash ? 'this' : 'other'
}

/**
 * Starts a call that was asked for before, by the first `start_id` that somebody shows while it may still run.
 * @returns undefined where it was left alone
 */
export async function startAgain(
  db: Queryable,
  ctx: Context<KeyActor>,
  call: CallRow,
  runStatus: RunStatus,
  startId: string | undefined,
): Promise<Start | undefined> {
  const hash = retryHash(call.id, startId)
  const start = startOf(call, hash)
  if (hash === null || start !== 'nobody' || call.resultStatus !== null || isFinished(runStatus)) return start
  const started = await startItem(db, {
    key_id: ctx.actor.id,
    project_id: ctx.project.id,
    run_id: call.runId,
    agent_id: call.agentId,
    call_id: call.id,
    start_hash: hash,
  })
  return started && 'this'
}
