import { unavailable } from './problem'

const deadlineMs = 4500

/**
 * Gives work of the database a deadline: a frozen database answers 503 and not nothing.
 * @param waitSeconds what the caller asked to wait, beyond what the database may take
 * @throws AppError `unavailable`
 */
export async function withDeadline<T>(work: Promise<T>, waitSeconds = 0): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(unavailable()), deadlineMs + waitSeconds * 1000)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
