import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import type { ApprovalRecord } from '@/db/queries/approvals'
import { lookForWaiters } from '@/db/queries/look'
import type { Context } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { assertStillKnown, credentialName, findLive } from '@/lib/rights'
import { onWake, type Wake } from '@/lib/wake/wake'
import { expireApprovals } from './expire'
import { getApproval } from './read'
import { isDue } from './wire'

/** Longest wait in seconds; longer wishes are cut to it. */
export const mostWaitSeconds = 55
const slowPollMs = 1000
/** Approvals times credentials. */
const mostInOneLook = 10_000

/** How somebody waits. */
export type Wait = {
  /** 0 to 55. */
  seconds: number
  /** How many waits the credential may have open in this process; 0 is no cap. */
  mostWaits: number
  /** The caller hanging up. */
  signal: AbortSignal
  /** Whether this process has only just made the approval, which nobody can have decided before. */
  isNew?: boolean
}

type Waiter = {
  ctx: Context
  settle(outcome: ApprovalRecord | AppError | 'time_out'): void
}

/**
 * Everybody in this process who waits for a decision. The wait itself is the approval's row: this only
 * keeps who is to be answered, and asks the database once for all of them when a wake comes, and once
 * a second in case one got lost or a credential was revoked.
 */
class WaitRoom {
  private readonly byApproval = new Map<string, Set<Waiter>>()
  private readonly countByActor = new Map<string, number>()
  private timer: NodeJS.Timeout | undefined
  private readonly woken = new Set<string>()
  private isSettling = false
  private isDraining = false

  constructor(private readonly db: Database) {
    onWake((wakes) => {
      for (const { approvalId, settled } of wakes) {
        if (settled) this.settleLive(approvalId, settled)
        if (this.byApproval.has(approvalId)) this.woken.add(approvalId)
      }
      if (this.woken.size > 0) void this.settleWoken()
    })
  }

  get size(): number {
    let size = 0
    for (const waiters of this.byApproval.values()) size += waiters.size
    return size
  }

  /** The credentials of those who wait for an approval, some of them where they are very many. */
  credentialsOf(approvalId: string): string[] {
    const waiters = [...(this.byApproval.get(approvalId) ?? [])].slice(0, mostInOneLook)
    return [...new Set(waiters.map((waiter) => credentialName(waiter.ctx.actor)))]
  }

  private settleLive(approvalId: string, { record, live }: NonNullable<Wake['settled']>): void {
    for (const waiter of [...(this.byApproval.get(approvalId) ?? [])]) {
      if (live.has(credentialName(waiter.ctx.actor))) waiter.settle(record)
    }
  }

  requireRoom(ctx: Context, most: number): void {
    const count = this.countByActor.get(ctx.actor.id) ?? 0
    if (most === 0 || count < most) return
    const detail = `This credential has ${count} waits open; ${most} is the most (MAX_WAITS_PER_KEY).`
    throw new AppError('too_many_waits', detail, { headers: { 'Retry-After': '5' } })
  }

  /** Resolves when the approval has left `pending`, the time is up, or the caller has gone. */
  wait(
    ctx: Context,
    id: string,
    { seconds, mostWaits, signal, isNew = false }: Wait,
  ): Promise<ApprovalRecord | 'time_out'> {
    this.requireRoom(ctx, mostWaits)
    if (this.isDraining || signal.aborted) return Promise.resolve('time_out')
    this.countByActor.set(ctx.actor.id, (this.countByActor.get(ctx.actor.id) ?? 0) + 1)
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        ctx,
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
      if (isNew) return
      // It may have been decided between the caller's read and now.
      this.woken.add(id)
      void this.settleWoken()
    })
  }

  /** Answers everybody with the current state; the process is about to end. */
  drain(): void {
    this.isDraining = true
    for (const waiters of this.byApproval.values())
      for (const waiter of [...waiters]) waiter.settle('time_out')
  }

  private add(id: string, waiter: Waiter): void {
    const waiters = this.byApproval.get(id) ?? new Set()
    waiters.add(waiter)
    this.byApproval.set(id, waiters)
    this.timer ??= setInterval(() => void this.poll(), slowPollMs)
  }

  private remove(id: string, waiter: Waiter): boolean {
    const waiters = this.byApproval.get(id)
    if (!waiters?.delete(waiter)) return false
    if (waiters.size === 0) this.byApproval.delete(id)
    const actorId = waiter.ctx.actor.id
    const left = (this.countByActor.get(actorId) ?? 1) - 1
    if (left === 0) this.countByActor.delete(actorId)
    else this.countByActor.set(actorId, left)
    if (this.byApproval.size === 0 && this.timer) {
      clearInterval(this.timer)
      this.timer = undefined
    }
    return true
  }

  private async settleWoken(): Promise<void> {
    if (this.isSettling) return
    this.isSettling = true
    try {
      while (this.woken.size > 0) {
        const ids = [...this.woken]
        this.woken.clear()
        await this.settle(ids)
      }
    } catch {
      // Unreachable database: the slow poll comes again.
    } finally {
      this.isSettling = false
    }
  }

  /** Whoever comes while this looks has put the approval among the woken ones again. */
  private async settle(ids: string[]): Promise<void> {
    const here = new Map(ids.map((id) => [id, [...(this.byApproval.get(id) ?? [])]]))
    const names = [...here.values()].flat().map((waiter) => credentialName(waiter.ctx.actor))
    const records = await this.look(ids, [...new Set(names)])
    // A flood of deadlines holds up nobody else: the wake of its end comes back here, else the slow poll does.
    if (records.some(isDue)) void expireApprovals(this.db).catch(() => undefined)
    for (const { live, ...record } of records.filter((one) => one.status !== 'pending')) {
      const open = new Set(live)
      for (const waiter of here.get(record.id) ?? [])
        waiter.settle(open.has(credentialName(waiter.ctx.actor)) ? record : lostCredential())
    }
  }

  /** The approvals with those of the credentials that are live, in one snapshot for each of as few as it takes. */
  private async look(ids: string[], names: string[]): Promise<Awaited<ReturnType<typeof lookForWaiters>>> {
    const most = Math.max(1, Math.floor(mostInOneLook / Math.max(1, names.length)))
    const records: Awaited<ReturnType<typeof lookForWaiters>> = []
    for (let at = 0; at < ids.length; at += most)
      records.push(...(await lookForWaiters(this.db, ids.slice(at, at + most), names)))
    return records
  }

  private async poll(): Promise<void> {
    try {
      const all = [...this.byApproval.values()].flatMap((waiters) => [...waiters])
      const known = await findLive(
        this.db,
        all.map((waiter) => waiter.ctx),
      )
      for (const waiter of all) if (!known(waiter.ctx)) waiter.settle(lostCredential())
      const ids = [...this.byApproval.keys()]
      if (ids.length === 0) return
      const rows = await this.db.execute<{ id: string }>(sql`
        select id from approvals where id = any(${`{${ids.join(',')}}`}::text[])
          and (status <> 'pending' or expires_at <= clock_timestamp())`)
      for (const row of rows) this.woken.add(row.id)
      await this.settleWoken()
    } catch {
      // Unreachable database: the next poll comes in a second.
    }
  }
}

function lostCredential(): AppError {
  return new AppError('unauthenticated', 'The credential was revoked or its member removed while waiting.')
}

const roomsKey = Symbol.for('holdpoint.wait-rooms')

function room(db: Database): WaitRoom {
  const scope = globalThis as { [roomsKey]?: WeakMap<Database, WaitRoom> }
  scope[roomsKey] ??= new WeakMap()
  const found = scope[roomsKey].get(db)
  if (found) return found
  const made = new WaitRoom(db)
  scope[roomsKey].set(db, made)
  return made
}

/**
 * Holds on until the approval has left `pending`, at most `seconds`, and answers the state it then has.
 * @throws AppError `too_many_waits`; `unauthenticated` where the credential was revoked meanwhile
 */
export async function waitForApproval(ctx: Context, id: string, wait: Wait): Promise<ApprovalRecord> {
  const outcome = await room(ctx.db).wait(ctx, id, wait)
  if (outcome !== 'time_out') return outcome
  const approval = await getApproval(ctx, id)
  await assertStillKnown(ctx.db, ctx)
  return approval
}

/**
 * Refuses one wait too many before anything is written for it.
 * @throws AppError `too_many_waits`
 */
export function requireRoomToWait(ctx: Context, mostWaits: number): void {
  room(ctx.db).requireRoom(ctx, mostWaits)
}

/** The credentials of those who wait here for an approval, for who settles it to find out which of them are live. */
export function credentialsThatWait(ctx: Context, approvalId: string): string[] {
  return room(ctx.db).credentialsOf(approvalId)
}

/** Ends all waits over this database with the current state. */
export function drainWaits(db: Database): void {
  room(db).drain()
}

/** How many wait in this process; for metrics and tests. */
export function countWaits(db: Database): number {
  return room(db).size
}
