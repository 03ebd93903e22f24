import type { Health } from '@/db/queries/health'
import { AppError } from '@/lib/errors'

/**
 * How long an event may wait to be dispatched. Where a process lives, the wait is under a second. Where none does,
 * the answer that wrote the event dispatches it too, and where that was cut short, the scheduler's next call, a
 * minute later: two of them may be missed.
 */
const mostWaitSeconds = { living: 30, elsewhere: 150 }

/**
 * Refuses where this process cannot serve as it should, and says in general words why.
 * @param health undefined where the database does not answer
 * @param isLiving whether this process dispatches by itself
 * @throws AppError `unavailable`
 */
export function assertReady(health: Health | undefined, isLiving: boolean): void {
  if (!health) throw notReady('The database cannot be reached.')
  if (health.isReadOnly) throw notReady('The database takes no writes just now.')
  const most = isLiving ? mostWaitSeconds.living : mostWaitSeconds.elsewhere
  if (health.oldestEventSeconds > most) {
    throw notReady(`Notices are not sent: the oldest event has waited for more than ${most} seconds.`)
  }
}

function notReady(why: string): AppError {
  return new AppError('unavailable', why, { headers: { 'Retry-After': '2' } })
}
