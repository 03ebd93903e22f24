import type { Database } from '@/db/client'
import type { Context } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { findLive } from '@/lib/rights'

/** Longest wait in seconds; longer wishes are cut to it. */
export const mostWaitSeconds = 55
const slowPollMs = 1000

/** How somebody waits. */
export type Wait = {
  /** 0 to 55. */
  seconds: number
  /** How many waits the credential may have open in this process; 0 is no cap. */
  mostWaits: number
  /** The caller hanging up. */
  signal: AbortSignal
  /** Whether this process has only just made the row, which nobody can have changed before. */
  isNew?: boolean
}

export type Waiter<T, K> = {
  ctx: Context
  /** What the caller knows of the row. */
  known: K
  settle(outcome: T | AppError | 'time_out'): void
}

type SomeRoom = { readonly size: number; drain(): void }
/** All rooms over a database: the waits of a credential count together. */
type House = { rooms: Map<string, SomeRoom>; countByActor: Map<string, number>; isDraining: boolean }

const housesKey = Symbol.for('holdpoint.wait-rooms')

/** Shared by every copy of this module. */
function houseOf(db: Database): House {
  const scope = globalThis as { [housesKey]?: WeakMap<Database, House> }
  scope[housesKey] ??= new WeakMap()
  const found = scope[housesKey].get(db)
  if (found) return found
  const made: House = { rooms: new Map(), countByActor: new Map(), isDraining: false }
  scope[housesKey].set(db, made)
  return made
}

/** The one room of this name over a database. */
export function roomOf<R extends SomeRoom>(db: Database, name: string, make: () => R): R {
  const { rooms } = houseOf(db)
  const found = rooms.get(name) ?? make()
  rooms.set(name, found)
  return found as R
}

/**
 * Everybody in this process who waits for rows of a kind to change. The wait itself is the row: this only keeps who is
 * to be answered, and asks the database once for all of them when a wake comes, and once a second in case one got lost
 * or a credential was revoked.
 */
export abstract class Room<T, K = undefined> {
  private readonly waiters = new Map<string, Set<Waiter<T, K>>>()
  private readonly woken = new Set<string>()
  private readonly countByProject = new Map<string, number>()
  private readonly house: House
  private timer: NodeJS.Timeout | undefined
  private isLooking = false

  constructor(protected readonly db: Database) {
    this.house = houseOf(db)
  }

  /** Looks at rows, and settles those who wait for one that has changed; who comes meanwhile has it looked at again. */
  protected abstract look(ids: string[]): Promise<void>
  /** Those of the rows that may have changed although nobody said so. */
  protected abstract listChanged(ids: string[]): Promise<string[]>

  get size(): number {
    let size = 0
    for (const waiters of this.waiters.values()) size += waiters.size
    return size
  }

  /** Those who wait for a row now. */
  waitersOf(id: string): Waiter<T, K>[] {
    return [...(this.waiters.get(id) ?? [])]
  }

  /** Whether somebody of the project waits here. */
  protected hasWaits(projectId: string): boolean {
    return this.countByProject.has(projectId)
  }

  /** Has those of the rows looked at that somebody waits for. */
  protected wake(ids: Iterable<string>): void {
    for (const id of ids) if (this.waiters.has(id)) this.woken.add(id)
    if (this.woken.size > 0) void this.lookAtWoken()
  }

  /**
   * Resolves when the row has changed, the time is up, or the caller has gone.
   * @throws AppError `too_many_waits`; `unauthenticated` where the credential was revoked meanwhile
   */
  async wait(ctx: Context, id: string, known: K, wait: Wait): Promise<T | 'time_out'> {
    const { seconds, mostWaits, signal, isNew = false } = wait
    requireRoomToWait(ctx, mostWaits)
    if (this.house.isDraining || signal.aborted) return 'time_out'
    return new Promise((resolve, reject) => {
      const waiter: Waiter<T, K> = {
        ctx,
        known,
        settle: (outcome) => {
          if (!this.remove(id, waiter)) return
          clearTimeout(timeout)
          signal.removeEventListener('abort', leave)
          if (outcome instanceof AppError) reject(outcome)
          else resolve(outcome)
        },
      }
      const leave = () => waiter.settle('time_out')
      const timeout = setTimeout(leave, Math.min(seconds, mostWaitSeconds) * 1000)
      signal.addEventListener('abort', leave)
      this.add(id, waiter)
      // It may have changed between the caller's read and now.
      if (!isNew) this.wake([id])
    })
  }

  /** Answers everybody with the current state. */
  drain(): void {
    for (const id of [...this.waiters.keys()])
      for (const waiter of this.waitersOf(id)) waiter.settle('time_out')
  }

  private add(id: string, waiter: Waiter<T, K>): void {
    const waiters = this.waiters.get(id) ?? new Set()
    waiters.add(waiter)
    this.waiters.set(id, waiters)
    this.count(waiter, 1)
    this.timer ??= setInterval(() => void this.poll(), slowPollMs)
  }

  private remove(id: string, waiter: Waiter<T, K>): boolean {
    const waiters = this.waiters.get(id)
    if (!waiters?.delete(waiter)) return false
    if (waiters.size === 0) this.waiters.delete(id)
    this.count(waiter, -1)
    if (this.waiters.size === 0) {
      clearInterval(this.timer)
      this.timer = undefined
    }
    return true
  }

  private count({ ctx }: Waiter<T, K>, by: 1 | -1): void {
    addTo(this.house.countByActor, ctx.actor.id, by)
    addTo(this.countByProject, ctx.project.id, by)
  }

  private async lookAtWoken(): Promise<void> {
    if (this.isLooking) return
    this.isLooking = true
    try {
      while (this.woken.size > 0) {
        const ids = [...this.woken]
        this.woken.clear()
        await this.look(ids)
      }
    } catch {
      // Unreachable database: the slow poll comes again.
    } finally {
      this.isLooking = false
    }
  }

  private async poll(): Promise<void> {
    try {
      const all = [...this.waiters.keys()].flatMap((id) => this.waitersOf(id))
      const isLive = await findLive(
        this.db,
        all.map(({ ctx }) => ctx),
      )
      for (const waiter of all) if (!isLive(waiter.ctx)) waiter.settle(lostCredential())
      const ids = [...this.waiters.keys()]
      if (ids.length > 0) this.wake(await this.listChanged(ids))
    } catch {
      // Unreachable database: the next poll comes in a second.
    }
  }
}

function addTo(counts: Map<string, number>, name: string, by: number): void {
  const count = (counts.get(name) ?? 0) + by
  if (count > 0) counts.set(name, count)
  else counts.delete(name)
}

/** For who waited with a credential that no longer opens anything. */
export function lostCredential(): AppError {
  return new AppError('unauthenticated', 'The credential was revoked or its member removed while waiting.')
}

/**
 * Refuses one wait too many before anything is written for it.
 * @throws AppError `too_many_waits`
 */
export function requireRoomToWait(ctx: Context, mostWaits: number): void {
  const count = houseOf(ctx.db).countByActor.get(ctx.actor.id) ?? 0
  if (mostWaits === 0 || count < mostWaits) return
  const detail = `This credential has ${count} waits open; ${mostWaits} is the most (MAX_WAITS_PER_KEY).`
  throw new AppError('too_many_waits', detail, { headers: { 'Retry-After': '5' } })
}

/** Ends all waits over this database with the current state; the process is about to end. */
export function drainWaits(db: Database): void {
  const house = houseOf(db)
  house.isDraining = true
  for (const room of house.rooms.values()) room.drain()
}

/** How many wait in this process; for metrics and tests. */
export function countWaits(db: Database): number {
  return [...houseOf(db).rooms.values()].reduce((sum, { size }) => sum + size, 0)
}
