import { setTimeout as pause } from 'node:timers/promises'
import type { SQL } from 'drizzle-orm'
import type { Queryable, Transaction } from '@/db/client'
import { isTakenKey } from '@/db/writes/ask'
import { isNotSettled } from '@/db/writes/settle'
import type { Context } from '@/lib/context'
import { AppError, notFound } from '@/lib/errors'
import { assertStillAllowed, type Need } from '@/lib/rights'
import { wake, type Wake } from '@/lib/wake/wake'
import { lockRun, type LockedRun } from './lock'

/** Who lost a race learns from a second look, which all losers share, what has become of it. */
const freeTries = 2

/** What an act comes to; undefined where it was left alone. */
type Outcome<T> = T | AppError | undefined

/**
 * The frame of a verb that writes into a run: one transaction, the run's lock, the work, and after the commit the
 * waking of those who wait. A verb that refuses but has something to record (an audited refusal, an expiry that came
 * first) *returns* the AppError, which is thrown after the commit; an error that is *thrown* inside undoes everything.
 * @throws AppError `not_found` where the project has no such run
 */
export async function inRun<T>(
  ctx: Context,
  where: SQL,
  work: (tx: Transaction, locked: LockedRun) => Promise<Outcome<T>>,
): Promise<T> {
  return untilDone(() =>
    held(ctx, async (tx, wakes) => {
      const locked = await lockRun(tx, ctx, where)
      if (!locked) throw notFound()
      const result = await work(tx, locked)
      wakes.push(...locked.wakes)
      return result
    }),
  )
}

/** What an act answers that is to be done with the run held alone. */
export const onlyHeld = Symbol('only with the run held')

/** Looks, judges and writes, with the database or in a transaction that holds what it needs. */
export type Act<T> = (db: Queryable, wakes: Wake[]) => Promise<Outcome<T> | typeof onlyHeld>

/**
 * The frame of what is done all day: look, judge, and one guarded statement that leaves alone whatever is not as it
 * was seen or is held by somebody else. It is tried at once, sharing its statements with whoever comes at the same
 * moment and waiting for nobody; only what was left alone waits for the run's lock, and is then done by the same
 * steps. Nobody waits for a lock but here.
 * @param need what it takes, proved and locked anew with the run
 * @param where which run, should it come to the lock
 * @param act answers undefined where it was left alone, returns a refusal, and names in `wakes` whom to tell once it
 * is committed
 * @throws AppError what was refused; `not_found` where the project has no such run; `unavailable` where others were
 * always quicker
 */
export async function actInRun<T>(ctx: Context, need: Need, where: () => SQL, act: Act<T>): Promise<T> {
  return actBy(ctx, act, async (tx, wakes) => {
    const locked = await lockRun(tx, ctx, where())
    if (!locked) throw notFound()
    wakes.push(...locked.wakes)
    await assertStillAllowed(tx, ctx, need)
  })
}

/** The same for what is in no run yet: only the right is locked. */
export async function actAlone<T>(ctx: Context, need: Need, act: Act<T>): Promise<T> {
  return actBy(ctx, act, (tx) => assertStillAllowed(tx, ctx, need))
}

async function actBy<T>(
  ctx: Context,
  act: Act<T>,
  lock: (tx: Transaction, wakes: Wake[]) => Promise<void>,
): Promise<T> {
  for (let tries = 1; tries <= freeTries; tries++) {
    const wakes: Wake[] = []
    const result = await act(ctx.db, wakes)
    wake(ctx.db, wakes)
    if (result instanceof AppError) throw result
    if (result === onlyHeld) break
    if (result !== undefined) return result
  }
  return untilDone(() =>
    held(ctx, async (tx, heldWakes) => {
      await lock(tx, heldWakes)
      const result = await act(tx, heldWakes)
      return result === onlyHeld ? undefined : result
    }),
  )
}

/** One transaction, and the waking after its commit; undefined too where it had to be undone for others' sake. */
async function held<T>(
  ctx: Context,
  work: (tx: Transaction, wakes: Wake[]) => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  const wakes: Wake[] = []
  try {
    const result = await ctx.db.transaction((tx) => work(tx, wakes))
    wake(ctx.db, wakes)
    return result
  } catch (error) {
    if (!isNotSettled(error) && !isTakenKey(error)) throw error
    return undefined
  }
}

/** Even who holds a run may find a right, a deadline or an id of a call in somebody else's hands, but not for long. */
const mostTries = 6
const pauseMs = 10

async function untilDone<T>(attempt: () => Promise<Outcome<T>>): Promise<T> {
  for (let tries = 1; tries <= mostTries; tries++) {
    const result = await attempt()
    if (result instanceof AppError) throw result
    if (result !== undefined) return result
    await pause(pauseMs * tries)
  }
  throw new AppError('unavailable', 'Others keep changing this; try again.', {
    headers: { 'Retry-After': '1' },
  })
}
