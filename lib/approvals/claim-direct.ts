import type { ApprovalRecord } from '@/db/queries/approvals'
import { touchKey } from '@/db/queries/credentials'
import { lookAtApproval } from '@/db/queries/look'
import { oneOf, statement } from '@/db/statement'
import { auditColumns, auditEntryFrom, auditValues } from '@/lib/audit/record'
import type { Context, KeyActor } from '@/lib/context'
import { linkBase } from '@/lib/links'
import { itemsThatMayRun } from '@/lib/rights'
import { isFinished } from '@/lib/runs/lock'
import { wake } from '@/lib/wake/wake'
import { takeDecided } from './lately-decided'
import { auditDetail } from './resolve'
import type { Approval } from './schemas'
import { grantMinutes, refuseClaim } from './transition'
import { approvalToWire } from './wire'

/**
 * The usual claim in one look and one guarded write, or in the write alone where this process has just written the
 * decision. The write locks the run, then reads the clock, and does nothing unless the key may still run, the run
 * is as it was seen and has not ended, and the approval is approved, unused, within its grant and for these very
 * params. Whatever is not usual is left to the way of locks, which also says what is wrong and records it.
 * @returns undefined where nothing was done
 */
export async function claimDirectly(
  ctx: Context,
  approvalId: string,
  digest: string,
): Promise<Approval | undefined> {
  const { actor, project, db } = ctx
  if (actor.type !== 'key') return undefined
  const decided = takeDecided(db, approvalId)
  if (decided && decided.projectId === project.id) {
    const answer = await claimAsSeen({ ...ctx, actor }, decided, digest)
    if (answer) return answer
  }
  const seen = await lookAtApproval(db, { keyId: actor.id, projectId: project.id, approvalId })
  if (!seen || seen.kind !== 'agent' || !seen.scopes.includes('run') || seen.hasDue) return undefined
  return claimAsSeen({ ...ctx, actor: { ...actor, label: seen.keyName } }, seen, digest)
}

async function claimAsSeen(
  ctx: Context<KeyActor>,
  seen: ApprovalRecord,
  digest: string,
): Promise<Approval | undefined> {
  const { actor, project } = ctx
  const state = { ...seen, runFinished: isFinished(seen.runStatus) }
  if (refuseClaim(state, digest === seen.digest, seen.readAt)) return undefined
  const written = await write(ctx.db, {
    ...auditValues(ctx, {
      action: 'approval.claimed',
      target: { type: 'approval', id: seen.id, label: seen.tool },
      detail: auditDetail(seen),
    }),
    key_id: actor.id,
    approval_id: seen.id,
    run_id: seen.runId,
    seen_status: seen.runStatus,
    digest,
  })
  if (!written) return undefined
  if (written.is_stale) void touchKey(ctx.db, actor.id).catch(() => {})
  wake(ctx.db, [{ projectId: project.id, approvalId: seen.id }])
  const at = new Date(written.at)
  return approvalToWire({ ...seen, claimedAt: at, claimedBy: actor.id, readAt: at }, linkBase(ctx))
}

const columns = {
  ...auditColumns,
  key_id: 'text',
  approval_id: 'text',
  run_id: 'text',
  seen_status: 'run_status',
  digest: 'text',
}

/** In the order of a decision: right, lock, clock, approval, record. */
const write = statement<typeof columns, { at: string; is_stale: boolean }>(
  columns,
  `allowed as materialized (${itemsThatMayRun}),
held as materialized (
  select allowed.* from allowed cross join lateral (
    select id from runs r
    where r.id = allowed.run_id and (r.project_id = allowed.project_id) is true
      and (r.status = allowed.seen_status) is true
    for no key update skip locked) seen),
clock as materialized (select date_trunc('milliseconds', clock_timestamp()) as at, count(*) from held),
claimed as (
  update approvals a set claimed_at = clock.at, claimed_by = held.key_id from held, clock
  where ${oneOf('a.id', 'held', 'approval_id')} and (a.project_id = held.project_id) is true
    and (a.status = 'approved') is true and a.claimed_at is null
    and clock.at < a.resolved_at + interval '${grantMinutes} minutes'
    and (select c.digest from tool_calls c where c.id = a.call_id) = held.digest
  returning held.*, clock.at),
entry as (${auditEntryFrom('claimed')})
select n, at, is_stale from claimed`,
  (item) => `${item.run_id}`,
)
