import { AppError } from '@/lib/errors'
import { unanswered } from './problem'

const deadlineMs = 4500
const bodySeconds = 30

/**
 * Gives work of the database a deadline: a frozen database answers 503 and not nothing.
 * @param waitSeconds what the caller asked to wait, beyond what the database may take
 * @throws AppError `unavailable`
 */
export async function withDeadline<T>(work: Promise<T>, waitSeconds = 0): Promise<T> {
  return within(deadlineMs + waitSeconds * 1000, work, unanswered)
}

/**
 * Gives a caller's body a deadline of its own: one that trickles in says nothing of our database.
 * @throws AppError `body_too_slow`
 */
export async function withBodyDeadline<T>(reading: Promise<T>): Promise<T> {
  return within(bodySeconds * 1000, reading, tooSlow)
}

function tooSlow(): AppError {
  return new AppError('body_too_slow', `The body was not complete within ${bodySeconds} seconds.`, {
    headers: { Connection: 'close' },
  })
}

/** Not `Promise.race`: each promise costs, and this is done twice a request. */
function within<T>(ms: number, work: Promise<T>, error: () => AppError): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(error()), ms)
    const then = (end: () => void) => {
      clearTimeout(timer)
      end()
    }
    work.then(
      (value) => then(() => resolve(value)),
      (reason: Error) => then(() => reject(reason)),
    )
  })
}
