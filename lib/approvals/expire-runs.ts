import { sql } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { listParams, listPendingOfRuns, lockFreeRuns } from '@/db/queries/expiry'
import { newId } from '@/lib/ids'
import { canonicalJson } from '@/lib/json/canonical'
import { holdpointActor, isFinished } from '@/lib/runs/lock'
import { recordFinished } from '@/lib/runs/record-run'
import type { Wake } from '@/lib/wake/wake'
import { upToBytes } from '@/lib/work/in-turns'
import { auditDetail, becauseRunFailed, moveRun, type Resolution } from './resolve'
import { transition } from './transition'
import { expiryWords } from './wire'

type RunRow = Awaited<ReturnType<typeof lockFreeRuns>>[number]
type Pending = Awaited<ReturnType<typeof listPendingOfRuns>>[number]
/** One approval that leaves `pending`. */
type Change = { approval: Pending; status: 'expired' | 'cancelled'; at: Date; resolution: Resolution }

/** What changed, to be told, and of which run. */
export type Expired = Wake & { runId: string }

/**
 * Expires what is due of many runs in one go, in a few statements whatever their number: the runs' rows are
 * locked (those that somebody else holds are left out), then the clock and what is pending are read, each
 * approval is judged by the same transition as everywhere, and everything is written at once, a few megabytes to a
 * statement. What it leaves behind is what `lockRun` would have left, run by run, but for a run that goes on and of
 * which more is due than a transaction takes: the rest is due still.
 * @param runIds some hundreds at most; all of their approvals are read, without their params
 * @returns what changed, to be told after the commit
 */
export async function expireRuns(tx: Transaction, runIds: string[]): Promise<Expired[]> {
  const locked = await lockFreeRuns(tx, runIds)
  if (locked.length === 0) return []
  // Only now: a clock read in the locking statement may be from before the locks.
  const pending = await listPendingOfRuns(
    tx,
    locked.map((run) => run.id),
  )
  const ofRun = new Map<string, Pending[]>(locked.map((run) => [run.id, []]))
  for (const approval of pending) ofRun.get(approval.runId)?.push(approval)
  const room = { ...perTransaction }
  const changes = locked.flatMap((run) => expireRun(run, ofRun.get(run.id) ?? [], room))
  if (changes.length === 0) return []
  const changed = new Set(changes.map((change) => change.approval.runId))
  let rows = locked.filter((run) => changed.has(run.id))
  for (const some of slices(changes)) {
    const params = await listParams(
      tx,
      some.map((change) => change.approval.callId),
    )
    await write(
      tx,
      some.map((change, n) => changeRow(change, n, params.get(change.approval.callId) ?? '')),
      rows,
    )
    rows = []
  }
  const ended = locked.filter((run) => changed.has(run.id) && isFinished(run.status))
  await recordFinished(
    tx,
    ended.map((run) => run.id),
    holdpointActor,
  )
  return changes.map(({ approval: { id, projectId, runId } }) => ({ projectId, approvalId: id, runId }))
}

/** What expires in one transaction, unless more has to at once because its run ends. */
const perTransaction = { approvals: 500, bytes: 4 << 20 }

/** Moves the run's row along; where an expiry ends the run, everything else of it is cancelled. */
function expireRun(row: RunRow, pending: Pending[], room: typeof perTransaction): Change[] {
  const changes: Change[] = []
  for (const approval of pending) {
    const now = approval.readAt
    if (isFinished(row.status) || transition(approval, 'expire', now).kind !== 'change') continue
    if (room.approvals <= 0 || room.bytes <= 0) break
    room.approvals -= 1
    room.bytes -= approval.paramsBytes
    changes.push({ approval, status: 'expired', at: approval.expiresAt, resolution: { change: 'expire' } })
    moveRun({ row, now }, approval.onRejection === 'fail' ? expiryWords(approval.tool) : null)
    if (!isFinished(row.status)) continue
    const expired = new Set(changes.map((change) => change.approval))
    const because = becauseRunFailed(approval.tool)
    for (const other of pending.filter((one) => !expired.has(one)).sort(byRequest))
      changes.push({
        approval: other,
        status: 'cancelled',
        at: now,
        resolution: { change: 'cancel', because },
      })
  }
  return changes
}

function byRequest(a: Pending, b: Pending): number {
  return a.requestedAt.getTime() - b.requestedAt.getTime() || (a.id < b.id ? -1 : 1)
}

/** As many as one statement takes; only a run that ends with more than usual needs several. */
function* slices(changes: Change[]): Generator<Change[]> {
  for (let left = changes; left.length > 0;) {
    const some = upToBytes(
      left
        .slice(0, perTransaction.approvals)
        .map((change) => ({ change, bytes: change.approval.paramsBytes })),
      perTransaction.bytes,
    ).map(({ change }) => change)
    yield some
    left = left.slice(some.length)
  }
}

/** Approvals, runs, audit entries and outbox rows in one statement, records in the order of the changes. */
async function write(tx: Transaction, changes: ChangeRow[], rows: RunRow[]): Promise<void> {
  const { type, id, label, via } = holdpointActor
  await tx.execute(sql`
    with change as materialized (
      select * from json_to_recordset(${JSON.stringify(changes)}::text::json)
        as c(n int, id text, project_id text, status approval_status, at timestamptz, audit_id text, tool text, detail text)
    ), approval as (
      update approvals a set status = c.status, resolved_at = c.at
      from change c where a.id = c.id and a.status = 'pending'
    ), run as (
      update runs r set status = m.status, pending_count = m."pendingCount", error = m.error, finished_at = m."finishedAt"
      from json_to_recordset(${JSON.stringify(rows)}::text::json)
        as m(id text, status run_status, "pendingCount" int, error text, "finishedAt" timestamptz)
      where r.id = m.id
    ), event as (
      insert into approval_events (project_id, approval_id, type)
      select project_id, id, status::text::approval_event_type from change order by n
    )
    insert into audit_entries (id, project_id, at, action, actor_type, actor_id, actor_label, via,
      target_type, target_id, target_label, detail)
    select audit_id, project_id, clock_timestamp(), 'approval.' || status, ${type}, ${id}, ${label}, ${via},
      'approval', id, tool, detail
    from change order by n`)
}

type ChangeRow = ReturnType<typeof changeRow>

function changeRow({ approval, status, at, resolution }: Change, n: number, params: string) {
  const { id, projectId, tool } = approval
  const detail = canonicalJson(auditDetail({ ...approval, params, resolvedAt: at }, resolution))
  return { n, id, project_id: projectId, status, at, audit_id: newId('audit'), tool, detail }
}
