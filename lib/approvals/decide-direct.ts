import { lookAtApproval, type Looked } from '@/db/queries/look'
import { oneOf, statement } from '@/db/statement'
import { auditColumns, auditEntryFrom, auditValues } from '@/lib/audit/record'
import type { Context, MemberActor } from '@/lib/context'
import { hasRole } from '@/lib/context'
import { isId } from '@/lib/ids'
import { linkBase } from '@/lib/links'
import { itemsThatMayDecide, keysThatOpen } from '@/lib/rights'
import { wake } from '@/lib/wake/wake'
import { keepDecided } from './lately-decided'
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
  // Two entries are for the way of locks.
  if (run.finishedAt !== null && seen.auditRuns) return undefined
  const written = await write(ctx.db, {
    ...auditValues(
      { ...ctx, actor: reviewer },
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
    waiting: keysThatWait(ctx, seen.id),
  })
  if (!written) return undefined
  // of a run that runs nothing is pending, so nothing can be past its deadline
  if (resolved.status === 'approved' && run.status === 'running') keepDecided(ctx.db, resolved)
  const settled = { record: resolved, liveKeys: new Set(written.live) }
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
  return { resolved: { ...resolved, status, runStatus: run.status }, run }
}

const columns = {
  ...auditColumns,
  key_id: 'text',
  approval_id: 'text',
  status: 'text',
  now: 'timestamptz',
  reviewer_name: 'text',
  reviewer_email: 'text',
  decision: 'decision_kind',
  reason: 'text',
  run_id: 'text',
  seen_status: 'run_status',
  seen_pending: 'integer',
  run_status: 'run_status',
  run_pending: 'integer',
  run_error: 'text',
  run_finished: 'timestamptz',
  waiting: 'text[]',
}

/**
 * In this order, because each part feeds on the one before: right, lock, clock, approval, the rest. A look
 * that is older than a second counts for nothing.
 */
const write = statement<typeof columns, { live: string[] }>(
  columns,
  `allowed as materialized (${itemsThatMayDecide}),
held as materialized (
  select allowed.* from allowed cross join lateral (
    select id from runs r
    where r.id = allowed.run_id and (r.project_id = allowed.project_id) is true
      and (r.status = allowed.seen_status) is true and r.pending_count = allowed.seen_pending
    for no key update skip locked) seen),
clock as materialized (select clock_timestamp() as at, count(*) from held),
decided as (
  update approvals a set status = held.status::approval_status, resolved_at = held.now from held, clock
  where ${oneOf('a.id', 'held', 'approval_id')} and (a.project_id = held.project_id) is true
    and (a.status = 'pending') is true and clock.at < a.expires_at and clock.at < held.now + interval '1 second'
  returning held.*),
decision as (
  insert into decisions (approval_id, project_id, reviewer_id, reviewer_name, reviewer_email, decision, reason, via, at)
  select approval_id, project_id, actor_id, reviewer_name, reviewer_email, decision, reason, 'api', now from decided),
run as (
  update runs set status = decided.run_status, pending_count = decided.run_pending, error = decided.run_error,
    finished_at = decided.run_finished
  from decided where ${oneOf('runs.id', 'decided', 'run_id')}),
entry as (${auditEntryFrom('decided')}),
event as (
  insert into approval_events (project_id, approval_id, type)
  select project_id, approval_id, status::approval_event_type from decided)
select n, array(${keysThatOpen('decided.waiting')}) as live from decided`,
  (item) => `${item.run_id}`,
)
