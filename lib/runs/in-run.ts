import type { SQL } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import type { Context } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { wake } from '@/lib/wake/wake'
import { lockRun, type LockedRun } from './lock'

/**
 * The frame of every verb that changes a run or something in it: one transaction, the run's lock, the
 * work, and after the commit the waking of those who wait. A verb that refuses but has something to
 * record (an audited refusal, an expiry that came first) *returns* the AppError, which is thrown after
 * the commit; an error that is *thrown* inside undoes everything.
 * @throws AppError `not_found` where the project has no such run
 */
export async function inRun<T>(
  ctx: Context,
  where: SQL,
  work: (tx: Transaction, locked: LockedRun) => Promise<T | AppError>,
): Promise<T> {
  const { result, wakes } = await ctx.db.transaction(async (tx) => {
    const locked = await lockRun(tx, ctx, where)
    if (!locked) throw notFound()
    return { result: await work(tx, locked), wakes: locked.wakes }
  })
  wake(ctx.db, wakes)
  if (result instanceof AppError) throw result
  return result
}

/** Says neither id nor path, so that what is not there and what is another project's look alike. */
export function notFound(): AppError {
  return new AppError('not_found', 'There is nothing of this name in this project.')
}
