import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import type { ApprovalRecord } from '@/db/queries/approvals'

/**
 * Something about an approval changed and is committed. `settled` is what it became, where the writer knows, with
 * those of the waiters' credentials that were live in the statement that wrote it; only this process learns of it.
 */
export type Wake = {
  projectId: string
  approvalId: string
  settled?: { record: ApprovalRecord; live: ReadonlySet<string> }
}
type Listener = (wakes: Wake[]) => void

/** The channel on which processes over one database tell each other. */
export const wakeChannel = 'holdpoint_wake'
const mostPerNotify = 80
/** What gathers within this after the first goes in one NOTIFY; under load, within the longer one after the last. */
const coalesceMs = { first: 5, next: 15 }
const mostPatienceMs = 5000

type Notify = (payload: string) => Promise<unknown>
type Hub = {
  origin: string
  listeners: Set<Listener>
  queued: Wake[]
  isFlushing: boolean
  notify?: Notify | undefined
}
const hubKey = Symbol.for('holdpoint.wake')

/** One hub a process, shared by every copy of this module. */
function hub(): Hub {
  const scope = globalThis as { [hubKey]?: Hub }
  scope[hubKey] ??= { origin: randomUUID(), listeners: new Set(), queued: [], isFlushing: false }
  return scope[hubKey]
}

/**
 * Tells who waits in this process at once, and other processes by one NOTIFY for all that gathered
 * within a few milliseconds. Called after the commit, never inside a transaction: a NOTIFY there
 * halves what PostgreSQL commits. A lost signal costs a waiter no more than one slow poll.
 */
export function wake(db: Database, wakes: Wake[]): void {
  if (wakes.length === 0) return
  const { listeners, queued } = hub()
  for (const listener of listeners) listener(wakes)
  queued.push(...wakes)
  void flush(db)
}

async function flush(db: Database): Promise<void> {
  const state = hub()
  if (state.isFlushing) return
  state.isFlushing = true
  try {
    for (let ms = coalesceMs.first; state.queued.length > 0; ms = coalesceMs.next) {
      await new Promise((resolve) => setTimeout(resolve, ms))
      const batch = state.queued.splice(0, mostPerNotify)
      const payload = JSON.stringify([
        state.origin,
        ...batch.map((one) => `${one.projectId} ${one.approvalId}`),
      ])
      const told = state.notify?.(payload) ?? db.execute(sql`select pg_notify(${wakeChannel}, ${payload})`)
      await withPatience(told)
    }
  } catch {
    // The change is committed; who missed the signal finds it by the slow poll.
    state.queued.length = 0
  } finally {
    state.isFlushing = false
  }
}

/** What waits for a database that is silent must not pile up. */
async function withPatience(told: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('The database is silent.')), mostPatienceMs)
  })
  await Promise.race([told, late]).finally(() => clearTimeout(timer))
}

/**
 * Has other processes told over a connection of its own, which need not wait for the disk; without one it
 * takes one of the pool.
 */
export function tellOthersBy(notify: Notify | undefined): void {
  hub().notify = notify
}

/** Hands on what another process told; its own echo is dropped. */
export function receive(payload: string): void {
  const [origin, ...items] = JSON.parse(payload) as string[]
  if (origin === hub().origin) return
  const wakes = items.map((item) => {
    const [projectId = '', approvalId = ''] = item.split(' ')
    return { projectId, approvalId }
  })
  for (const listener of hub().listeners) listener(wakes)
}

/** Calls the listener for each wake until the returned function is called. */
export function onWake(listener: Listener): () => void {
  hub().listeners.add(listener)
  return () => hub().listeners.delete(listener)
}
