import { describeWithPlace, framesOf } from '@/lib/describe-error'

/**
 * Keeps the process alive where a database driver throws outside every promise, as they do when a server dies
 * under load: the queries that it concerns have failed already, and the pools connect anew. Which it is, its
 * origin says and not its words. Anything else unexpected is a mistake of ours; then the process ends by `onFatal`.
 */
export function guardStrayErrors(log: (line: string) => void, onFatal: (error: unknown) => void): void {
  const judge = judgeStray(log, onFatal)
  process.on('uncaughtException', judge)
  process.on('unhandledRejection', judge)
}

/** What `guardStrayErrors` does with each of them. */
export function judgeStray(log: (line: string) => void, onFatal: (error: unknown) => void) {
  return (error: unknown): void => {
    if (isHangUp(error)) return
    if (isFromDriver(error))
      log(`A database driver failed outside of every call; going on. ${describeWithPlace(error)}`)
    else onFatal(error)
  }
}

/** A caller that went away in the middle of a request, which Node raises on the request's own stream. */
export function isHangUp(error: unknown): boolean {
  return (
    error instanceof Error &&
    error.message === 'aborted' &&
    (error as NodeJS.ErrnoException).code === 'ECONNRESET'
  )
}

const driverFile = /[\\/]node_modules[\\/](postgres|pg|pg-[\w-]+|graphile-worker)[\\/]/

/**
 * Whether this was thrown, or was caused by something that was, in the code of a database driver, the job
 * worker's among them, or by our own dialing. What one of our functions throws that a driver calls is not.
 */
export function isFromDriver(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return error.name === 'DialError' || driverFile.test(placeOf(error)) || isFromDriver(error.cause)
}

/** The innermost line of its stack that is not Node's own. */
function placeOf(error: Error): string {
  return framesOf(error).find((line) => !/[( ]node:|<anonymous>\)?$/.test(line)) ?? ''
}
