import { lookAtApproval, type Looked } from '@/db/queries/look'
import { statement } from '@/db/statement'
import { auditEntryFrom, auditValues } from '@/lib/audit/record'
import type { Context, MemberActor } from '@/lib/context'
import { hasRole } from '@/lib/context'
import { isId } from '@/lib/ids'
import { linkBase } from '@/lib/links'
import { keysThatOpen, tokenThatMayDecide } from '@/lib/rights'
import { wake } from '@/lib/wake/wake'
import { reasonOf, refuseDecision } from './refuse-decision'
import { auditDetail, decided, moveRun, type MovedRow, type Resolution } from './resolve'
import type { Approval, DecideInput } from './schemas'
import { keysThatWait } from './wait'
import { approvalToWire, rejectionWords } from './wire'

/**
 * The usual decision by a personal token in two statements: one look, then one guarded write. The write locks
 * the run without waiting for it, then reads the clock, and does nothing unless the member may still decide,
 * the run is as it was seen, the approval is pending and the deadline has not passed. Whatever is not usual, a
 * run that somebody else holds too, is left to the way of locks, which also says what is wrong.
 * @returns undefined where nothing was done
 */
export async function decideDirectly(
  ctx: Context,
  input: DecideInput & { id: string },
): Promise<Approval | undefined> {
  const { actor, project } = ctx
  if (actor.type !== 'user' || actor.keyId === null || !isId('approval', input.id)) return undefined
  const look = { keyId: actor.keyId, projectId: project.id, approvalId: input.id }
  const seen = await lookAtApproval(ctx.db, look)
  const reviewer = seen && reviewerOf(seen, actor)
  if (!seen || !reviewer || seen.hasDue) return undefined
  const now = seen.readAt
  if (refuseDecision(ctx, { allowOwnRequest: seen.allowOwnRequest, now }, seen, reviewer, input))
    return undefined
  const resolution = {
    change: 'decide',
    decision: input.decision,
    reason: reasonOf(input),
    reviewer,
  } as const
  const change = decideOn(seen, resolution)
  if (!change) return undefined
  const { resolved, run } = change
  const [row] = await write(ctx.db, {
    ...auditValues(
      { project, actor: reviewer },
      {
        action: `approval.${resolved.status}`,
        target: { type: 'approval', id: seen.id, label: seen.tool },
        detail: auditDetail(resolved, resolution),
      },
    ),
    key_id: actor.keyId,
    approval_id: seen.id,
    status: resolved.status,
    now: now.toISOString(),
    reviewer_name: reviewer.name,
    reviewer_email: reviewer.email,
    decision: input.decision,
    reason: resolution.reason,
    run_id: seen.runId,
    seen_status: seen.runStatus,
    seen_pending: seen.pendingCount,
    run_status: run.status,
    run_pending: run.pendingCount,
    run_error: run.error,
    run_finished: run.finishedAt?.toISOString() ?? null,
    waiting: `{${keysThatWait(ctx, seen.id).join(',')}}`,
  })
  if (row?.written !== 1) return undefined
  const settled = { record: resolved, liveKeys: new Set(row.live) }
  wake(ctx.db, [{ projectId: project.id, approvalId: seen.id, settled }])
  return approvalToWire(resolved, linkBase(ctx))
}

/** The member behind the token as the database knows them now, where they may decide. */
function reviewerOf(seen: Looked, actor: MemberActor): MemberActor | undefined {
  const { personId: id, personName: name, personEmail: email, role } = seen
  if (id === null || email === null || role === null || !hasRole(role, 'reviewer')) return undefined
  return { ...actor, id, name, email, role, label: name ?? email }
}

/** What the decision makes of approval and run; undefined where it ends a run in which more is pending. */
function decideOn(seen: Looked, resolution: Extract<Resolution, { change: 'decide' }>) {
  const isRejected = resolution.decision === 'reject'
  const status = isRejected ? ('rejected' as const) : ('approved' as const)
  const resolved = { ...seen, status, resolvedAt: seen.readAt, ...decided(resolution) }
  const endsRun = isRejected && seen.onRejection === 'fail'
  if (endsRun && seen.pendingCount > 1) return undefined
  const { runStatus, pendingCount } = seen
  const run: MovedRow = { status: runStatus, pendingCount, error: null, finishedAt: null }
  moveRun({ row: run, now: seen.readAt }, endsRun ? rejectionWords(resolved) : null)
  return { resolved: { ...resolved, runStatus: run.status }, run }
}

/**
 * In this order, because each part feeds on the one before: right, lock, clock, approval, the rest. A look
 * that is older than a second counts for nothing.
 */
const write = statement<{ written: number; live: string[] }>(`
with actor as materialized (${tokenThatMayDecide}),
held as materialized (
  select id from runs where id = :run_id and (project_id = :project_id) is true and (status = :seen_status) is true
    and pending_count = :seen_pending and exists (select from actor)
  for no key update skip locked),
clock as materialized (select clock_timestamp() as at from held),
decided as (
  update approvals a set status = :status::text::approval_status, resolved_at = :now::timestamptz from clock
  where a.id = :approval_id and (a.project_id = :project_id) is true and (a.status = 'pending') is true and clock.at < a.expires_at
    and clock.at < :now::timestamptz + interval '1 second'
  returning a.id),
decision as (
  insert into decisions (approval_id, project_id, reviewer_id, reviewer_name, reviewer_email, decision, reason, via, at)
  select id, :project_id, :actor_id, :reviewer_name, :reviewer_email, :decision, :reason, 'api', :now::timestamptz
  from decided),
run as (
  update runs set status = :run_status, pending_count = :run_pending, error = :run_error,
    finished_at = :run_finished::timestamptz
  from decided where runs.id = :run_id),
entry as (${auditEntryFrom('decided')}),
event as (
  insert into approval_events (project_id, approval_id, type) select :project_id, id, :status::text::approval_event_type from decided)
select count(*)::int as written, array(${keysThatOpen(':waiting')}) as live from decided`)
