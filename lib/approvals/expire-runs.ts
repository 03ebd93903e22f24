import { isTransaction, type Queryable } from '@/db/client'
import { listParams, lockFreeRun, lookAtPending, type PendingOfRun } from '@/db/queries/expiry'
import { holdpointActor } from '@/lib/context'
import { isFinished } from '@/lib/runs/statuses'
import type { Wake } from '@/lib/wake/wake'
import { becauseRunFailed } from './resolution'
import { noRight, settle } from './settle'
import { Settlement } from './settlement'
import { transition } from './transition'

/** What changed, to be told, and of which run. */
export type Expired = Wake & { runId: string }

/** What expires of a run at once; the rest is due still. */
const most = { approvals: 500, bytes: 4 << 20 }

/**
 * Expires what is due of some runs, by what a look sees and without waiting for anybody, many runs in a statement; in a
 * transaction, of the one that it has locked. Each approval is judged by the same transition as everywhere. A run that
 * somebody else holds, or that is not as it was seen any more, is left alone.
 * @param runIds some hundreds at most; all of their pending approvals are read, but params of those alone that change
 * @returns what changed, to be told after the commit
 */
export async function expireRuns(db: Queryable, runIds: string[]): Promise<Expired[]> {
  const { expired, errors } = await tryToExpire(db, runIds)
  if (errors.length > 0) throw errors[0]
  return expired
}

/** The same, but what fails of one run keeps nobody from hearing of the others. */
export async function tryToExpire(
  db: Queryable,
  runIds: string[],
): Promise<{ expired: Expired[]; errors: unknown[] }> {
  const ofRun = new Map<string, PendingOfRun[]>()
  for (const row of await lookAtPending(db, runIds)) {
    const rows = ofRun.get(row.run.id) ?? []
    rows.push(row)
    ofRun.set(row.run.id, rows)
  }
  const changing = [...ofRun.values()].map(whatChanges).filter(({ rows }) => rows.length > 0)
  const params = await listParams(
    db,
    changing.flatMap(({ rows }) => rows.map(({ callId }) => callId)),
  )
  const tried = await Promise.allSettled(changing.map((change) => expireRun(db, change, params)))
  return {
    expired: tried.flatMap((one) => (one.status === 'fulfilled' ? one.value : [])),
    errors: tried.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : [])),
  }
}

type Changing = { rows: PendingOfRun[]; due: number }

/** Those of a run that expire, then those that this cancels. */
function whatChanges(pending: PendingOfRun[]): Changing {
  const rows: PendingOfRun[] = []
  let bytes = 0
  for (const row of pending) {
    if (isFinished(row.run.status) || transition(row, 'expire', row.readAt).kind !== 'change') continue
    if (rows.length >= most.approvals || bytes >= most.bytes) break
    rows.push(row)
    bytes += row.paramsBytes
    if (row.onRejection !== 'fail') continue
    const rest = pending.filter((one) => !rows.includes(one)).sort(byRequest)
    return { rows: [...rows, ...rest], due: rows.length }
  }
  return { rows, due: rows.length }
}

function byRequest(a: PendingOfRun, b: PendingOfRun): number {
  return a.requestedAt.getTime() - b.requestedAt.getTime() || (a.id < b.id ? -1 : 1)
}

async function expireRun(
  db: Queryable,
  { rows, due }: Changing,
  params: Map<string, string>,
): Promise<Expired[]> {
  const [first] = rows
  if (!first) return []
  const { run, readAt, project } = first
  const by = { project, actor: holdpointActor }
  const settlement = new Settlement(by, run, readAt)
  const whole = rows.map((row) => ({ ...row, params: params.get(row.callId) ?? 'null' }))
  const expiring = whole.slice(0, due)
  for (const row of expiring) settlement.resolve(row, { change: 'expire' })
  const last = expiring.at(-1)
  if (last) settlement.cancelRest(whole.slice(due), becauseRunFailed(last.tool))
  if (!(await settle(db, settlement, noRight)))
    return isTransaction(db) || settlement.isShort ? [] : expireHeld(db, run.id)
  return settlement.ids.map((approvalId) => ({ projectId: run.projectId, approvalId, runId: run.id }))
}

/** One run with more than a statement takes. */
async function expireHeld(db: Queryable, runId: string): Promise<Expired[]> {
  return db.transaction(async (tx) => ((await lockFreeRun(tx, runId)) ? expireRuns(tx, [runId]) : []))
}
