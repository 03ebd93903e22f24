import postgres from 'postgres'
import { StartError } from '@/lib/start-error'

const oldest = 150_000

/**
 * Looks whether the database may be trusted with decisions before anything is written to it.
 *
 * @param url `postgres://…`
 * @param allowUnsafe accepts one that may lose acknowledged commits
 * @throws StartError where it cannot be reached, is too old, is a read-only replica, or is unsafe
 */
export async function checkDatabase(url: string, allowUnsafe: boolean): Promise<void> {
  const address = new URL(url)
  address.searchParams.delete('prepare')
  const sql = postgres(address.href, { max: 1, connect_timeout: 10, onnotice: () => undefined })
  try {
    const [row] = await sql`
      select current_setting('server_version_num')::int as version, current_setting('server_version') as name,
        current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
        pg_is_in_recovery() as replica`
    if (row === undefined) throw new Error('no answer')
    if (row.version < oldest) {
      throw new StartError(`the database is PostgreSQL ${row.name}, and Holdpoint needs 15 or newer`)
    }
    if (row.replica) throw new StartError('DATABASE_URL names a read-only replica. Name the primary server')
    const unsafe = ['fsync', 'synchronous_commit'].filter((_, at) => [row.fsync, row.commit][at] === 'off')
    if (unsafe.length === 0 || allowUnsafe) return
    throw new StartError(
      `the database has ${unsafe.map((name) => `${name}=off`).join(' and ')} and may lose decisions that were ` +
        'acknowledged. Switch it on, or set ALLOW_UNSAFE_DATABASE=1 to start all the same',
    )
  } catch (error) {
    throw explainDatabase(error, url)
  } finally {
    await sql.end({ timeout: 1 })
  }
}

const meaningOfCode: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there. Start it, or mend the host and port in DATABASE_URL',
  ENOTFOUND: 'its host name is not known. Mend the host in DATABASE_URL',
  EAI_AGAIN: 'its host name cannot be looked up now. Mend the host in DATABASE_URL, or try again',
  CONNECT_TIMEOUT: 'it does not answer. Mend the host and port in DATABASE_URL, or open the way to it',
  '28P01': 'it refuses the user or the password. Mend them in DATABASE_URL',
  '28000': 'it refuses this user from here. Mend the user in DATABASE_URL, or its pg_hba.conf',
  '3D000': 'it has no database of that name. Create it, or mend the name in DATABASE_URL',
  '53300': 'all its connections are taken. Raise its max_connections, or end others',
  '57P03': 'it is still starting. Try again in a while',
  '42501': 'its user may not create tables or extensions there. Make that user the owner of the database',
  '53100': 'its disk is full. Free some space there',
  '0A000':
    'it lacks the extension pg_trgm or btree_gin. Install PostgreSQL’s contrib package, or allow them where the service asks for it',
  CONNECTION_CLOSED: 'it closed the connection. See its log, and try again',
  ECONNRESET: 'it closed the connection. See its log, and try again',
}

/** A database's refusal as a `StartError`, without its login; what is not a known one comes back unchanged. */
export function explainDatabase(error: unknown, url: string): unknown {
  if (!(error instanceof Error) || error instanceof StartError) return error
  const { hostname, port, pathname } = new URL(url)
  const said = 'code' in error || !(error.cause instanceof Error) ? error : error.cause
  const { code = '', message } = said as Error & { code?: string }
  const meaning = meaningOfCode[code] ?? (code === '' ? undefined : `${message} (${code}). Mend DATABASE_URL`)
  if (meaning === undefined) return error
  return new StartError(
    `the database at ${hostname}:${port || 5432}${pathname} cannot be used: ${meaning}`,
    error,
  )
}
