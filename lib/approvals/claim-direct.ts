import { lookAtApproval } from '@/db/queries/look'
import { statement } from '@/db/statement'
import { auditEntryFrom, auditValues } from '@/lib/audit/record'
import type { Context } from '@/lib/context'
import { linkBase } from '@/lib/links'
import { keyThatMayRun } from '@/lib/rights'
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
  const [row] = await write(ctx.db, {
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
  if (row?.written !== 1) return undefined
  wake(ctx.db, [{ projectId: project.id, approvalId: seen.id }])
  return approvalToWire({ ...seen, claimedAt: now, claimedBy: actor.id }, linkBase(ctx))
}

/** In the order of a decision: right, lock, clock, approval, record. */
const write = statement<{ written: number }>(`
with actor as materialized (${keyThatMayRun}),
held as materialized (
  select id from runs where id = :run_id and (project_id = :project_id) is true and (status = :seen_status) is true
    and exists (select from actor)
  for no key update skip locked),
clock as materialized (select clock_timestamp() as at from held),
claimed as (
  update approvals a set claimed_at = :now::timestamptz, claimed_by = :key_id from clock
  where a.id = :approval_id and (a.project_id = :project_id) is true and (a.status = 'approved') is true and a.claimed_at is null
    and clock.at < a.resolved_at + interval '${grantMinutes} minutes'
    and clock.at < :now::timestamptz + interval '1 second'
  returning a.id),
entry as (${auditEntryFrom('claimed')})
select count(*)::int as written from claimed`)
