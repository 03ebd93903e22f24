/**
 * Keeps the process alive where postgres.js throws outside every promise, as 3.4.9 does when a server dies under
 * load: the queries that it concerns have failed already, and the pool connects anew. Anything else unexpected
 * is a mistake of ours; then the process ends by `onFatal`.
 */
export function guardStrayErrors(log: (line: string) => void, onFatal: (error: unknown) => void): void {
  const judge = (error: unknown) => {
    if (isHangUp(error)) return
    if (isLostConnection(error)) log(`A database connection was lost (${(error as Error).message})`)
    else onFatal(error)
  }
  process.on('uncaughtException', judge)
  process.on('unhandledRejection', judge)
}

/** A caller that went away in the middle of a request, which Node raises on the request's own stream. */
export function isHangUp(error: unknown): boolean {
  return (
    error instanceof Error &&
    error.message === 'aborted' &&
    (error as NodeJS.ErrnoException).code === 'ECONNRESET'
  )
}

const lostCodes = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_DESTROYED',
  'CONNECTION_ENDED',
  'CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  '57P01',
  '57P02',
  '57P03',
])

/**
 * Whether this is, or was caused by, a lost connection of the database drivers (ours, and the one inside the job
 * worker), and of nobody else.
 */
export function isLostConnection(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return isLost(error) || isLostConnection(error.cause)
}

function isLost(error: NodeJS.ErrnoException): boolean {
  const { code, syscall } = error
  if (code === undefined) return fromDriver(error) && /of null \(reading '/.test(error.message)
  // a refused connection has a stack of Node's own frames; its port tells whose it was
  return (
    lostCodes.has(code) &&
    (fromDriver(error) || (syscall === 'connect' && databasePorts().includes(portOf(error))))
  )
}

function fromDriver(error: Error): boolean {
  if (error.name === 'PostgresError') return true
  return /[\\/]node_modules[\\/](postgres|pg|pg-pool|pg-protocol|graphile-worker)[\\/]/.test(
    error.stack ?? '',
  )
}

function portOf(error: Error): number | undefined {
  return (error as Error & { port?: number }).port
}

function databasePorts(): (number | undefined)[] {
  const urls = [process.env.DATABASE_URL, process.env.DATABASE_REPLICA_URL]
  return urls.flatMap((url = '') => (URL.canParse(url) ? [Number(new URL(url).port || 5432)] : []))
}
