import type { Queryable } from '@/db/client'
import { listPendingOfRun, type ApprovalRecord } from '@/db/queries/approvals'
import type { Looked } from '@/db/queries/look'
import type { Context, MemberActor } from '@/lib/context'
import { credentialOf } from '@/lib/rights'
import type { Wake } from '@/lib/wake/wake'
import { runOf } from './look'
import { isOwnRequest } from './refuse-decision'
import { becauseRunFailed, type Resolution } from './resolution'
import { settle } from './settle'
import { Settlement } from './settlement'
import { credentialsThatWait } from './wait'

type Conclusion = { record: ApprovalRecord; live: ReadonlySet<string>; cancelled: string[] }

/**
 * Ends a pending approval by a person's decision, with its run where that fails for it.
 * @returns undefined where it was left alone
 */
export async function conclude(
  db: Queryable,
  ctx: Context<MemberActor>,
  seen: Looked,
  reviewer: MemberActor,
  resolution: Extract<Resolution, { change: 'decide' }>,
): Promise<Conclusion | undefined> {
  const settlement = new Settlement({ ...ctx, actor: reviewer }, runOf(seen), seen.readAt)
  const resolved = settlement.resolve(seen, resolution)
  if (settlement.leftBehind > 0)
    settlement.cancelRest(await listPendingOfRun(db, ctx.project.id, seen.runId), becauseRunFailed(seen.tool))
  const need = resolution.isOverride ? 'admin' : 'reviewer'
  const right = { credential: credentialOf(ctx.actor, need), isOwn: isOwnRequest(seen, reviewer) }
  const done = await settle(db, settlement, right, credentialsThatWait(ctx, seen.id))
  if (!done) return undefined
  const record = { ...resolved, runStatus: settlement.run.status }
  return { record, live: done.live, cancelled: settlement.ids.filter((id) => id !== seen.id) }
}

/** Whom to tell of it once it is committed. */
export function wakesOf({ record, live, cancelled }: Conclusion): Wake[] {
  const { projectId, id } = record
  return [
    { projectId, approvalId: id, settled: { record, live } },
    ...cancelled.map((approvalId) => ({ projectId, approvalId })),
  ]
}
