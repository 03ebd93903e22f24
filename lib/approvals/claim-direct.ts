import { lookAtApproval } from '@/db/queries/look'
import { oneOf, statement } from '@/db/statement'
import { auditColumns, auditEntryFrom, auditValues } from '@/lib/audit/record'
import type { Context } from '@/lib/context'
import { linkBase } from '@/lib/links'
import { itemsThatMayRun } from '@/lib/rights'
import { isFinished } from '@/lib/runs/lock'
import { wake } from '@/lib/wake/wake'
import { auditDetail } from './resolve'
import type { Approval } from './schemas'
import { grantMinutes, refuseClaim } from './transition'
import { approvalToWire } from './wire'

/**
 * The usual claim in two statements: one look, then one guarded write. The write locks the run, then reads
 * the clock, and does nothing unless the key may still run, the run has not ended, and the approval is
 * approved, unused and within its grant. Whatever is not usual is left to the way of locks, which also says
 * what is wrong and records it.
 * @returns undefined where nothing was done
 */
export async function claimDirectly(
  ctx: Context,
  approvalId: string,
  digest: string,
): Promise<Approval | undefined> {
  const { actor, project } = ctx
  if (actor.type !== 'key') return undefined
  const seen = await lookAtApproval(ctx.db, { keyId: actor.id, projectId: project.id, approvalId })
  if (!seen || seen.kind !== 'agent' || !seen.scopes.includes('run') || seen.hasDue) return undefined
  const now = seen.readAt
  const state = { ...seen, runFinished: isFinished(seen.runStatus) }
  if (refuseClaim(state, digest === seen.digest, now)) return undefined
  const written = await write(ctx.db, {
    ...auditValues(
      { project, actor: { ...actor, label: seen.keyName } },
      {
        action: 'approval.claimed',
        target: { type: 'approval', id: seen.id, label: seen.tool },
        detail: auditDetail(seen),
      },
    ),
    key_id: actor.id,
    approval_id: seen.id,
    run_id: seen.runId,
    seen_status: seen.runStatus,
    now: now.toISOString(),
  })
  if (!written) return undefined
  wake(ctx.db, [{ projectId: project.id, approvalId: seen.id }])
  return approvalToWire({ ...seen, claimedAt: now, claimedBy: actor.id }, linkBase(ctx))
}

/** In the order of a decision: right, lock, clock, approval, record. */
const write = statement(
  {
    ...auditColumns,
    key_id: 'text',
    approval_id: 'text',
    run_id: 'text',
    seen_status: 'run_status',
    now: 'timestamptz',
  },
  `allowed as materialized (${itemsThatMayRun}),
held as materialized (
  select allowed.* from allowed cross join lateral (
    select id from runs r
    where r.id = allowed.run_id and (r.project_id = allowed.project_id) is true and (r.status = allowed.seen_status) is true
    for no key update skip locked) seen),
clock as materialized (select clock_timestamp() as at, count(*) from held),
claimed as (
  update approvals a set claimed_at = held.now, claimed_by = held.key_id from held, clock
  where ${oneOf('a.id', 'held', 'approval_id')} and (a.project_id = held.project_id) is true and (a.status = 'approved') is true
    and a.claimed_at is null and clock.at < a.resolved_at + interval '${grantMinutes} minutes'
    and clock.at < held.now + interval '1 second'
  returning held.*),
entry as (${auditEntryFrom('claimed')})
select n from claimed`,
  (item) => `${item.run_id}`,
)
