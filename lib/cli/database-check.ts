import { ConnectionError, parseConnection, placeOf } from '@/db/connection'
import { openSql } from '@/db/drivers'
import { StartError } from '@/lib/start-error'
import { refusePooling } from './pooling-check'

const oldest = 150_000

/** The settings that name a database. */
export type AddressName = 'DATABASE_URL' | 'DATABASE_REPLICA_URL'

/**
 * Looks whether the database may be trusted with decisions before anything is written to it.
 *
 * @param url `postgres://…`
 * @param allowUnsafe accepts one that may lose acknowledged commits
 * @throws StartError where it cannot be reached, is too old, is a read-only replica, does not keep UTF-8, is behind
 *   a pooler that shares sessions, or is unsafe
 */
export async function checkDatabase(url: string, allowUnsafe: boolean): Promise<void> {
  await check(url, 'DATABASE_URL', (row) => {
    if (row.replica) {
      throw new StartError(
        'DATABASE_URL names a read-only replica. Name the primary server, or, of several hosts, let ' +
          'target_session_attrs=read-write find it',
      )
    }
    const unsafe = Object.entries(row.safety).filter(([, value]) => value === 'off')
    if (unsafe.length === 0 || allowUnsafe) return
    throw new StartError(
      `the database has ${unsafe.map(([name]) => `${name}=off`).join(' and ')} and may lose decisions that were ` +
        'acknowledged. Switch it on, or set ALLOW_UNSAFE_DATABASE=1 to start all the same',
    )
  })
}

/**
 * The same of a replica, as far as it concerns what only reads.
 * @param log told in one line where it does not answer, for then lists are read from the primary
 * @throws StartError for what a person has to mend
 */
export async function checkReplica(url: string, log: (line: string) => void): Promise<void> {
  try {
    await check(url, 'DATABASE_REPLICA_URL', () => undefined)
  } catch (error) {
    if (!isAway((error as Error).cause)) throw error
    log(`The read replica is left alone for now: ${(error as Error).message}.`)
  }
}

type Found = {
  version: number
  name: string
  encoding: string
  replica: boolean
  safety: Record<string, string>
}

async function check(url: string, name: AddressName, more: (row: Found) => void): Promise<void> {
  try {
    const row = await look(url)
    if (row.version < oldest) {
      throw new StartError(`the database is PostgreSQL ${row.name}, and Holdpoint needs 15 or newer`)
    }
    if (row.encoding !== 'UTF8') {
      throw new StartError(
        `the database of ${name} keeps its texts in ${row.encoding}, and Holdpoint needs UTF-8. Make another with: ` +
          "create database holdpoint encoding 'UTF8' template template0",
      )
    }
    more(row)
    await refusePooling(url, name)
  } catch (error) {
    throw explainDatabase(error, url, name)
  }
}

/** What a setting would be in a session that sets nothing itself: by its role, its database or the server. */
async function look(url: string): Promise<Found> {
  const sql = openSql(url, { max: 1, name: 'holdpoint check', connectSeconds: 10, canPrepare: false })
  try {
    const [row] = await sql<Found[]>`
      select current_setting('server_version_num')::int as version, current_setting('server_version') as name,
        current_setting('server_encoding') as encoding, pg_is_in_recovery() as replica,
        (select jsonb_object_agg(name, reset_val) from pg_settings
          where name in ('fsync', 'full_page_writes', 'synchronous_commit')) as safety`
    return row as Found
  } finally {
    await sql.end({ timeout: 1 })
  }
}

const away: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there. Start it, or mend the host and port in DATABASE_URL',
  ENOENT: 'there is no such socket. Start it, or mend the host and port in DATABASE_URL',
  ENOTFOUND: 'its host name is not known. Mend the host in DATABASE_URL',
  EAI_AGAIN: 'its host name cannot be looked up now. Mend the host in DATABASE_URL, or try again',
  EHOSTUNREACH: 'there is no way to it. Mend the host in DATABASE_URL, or open the way to it',
  ENETUNREACH: 'there is no way to it. Mend the host in DATABASE_URL, or open the way to it',
  ETIMEDOUT: 'it does not answer. Mend the host and port in DATABASE_URL, or open the way to it',
  CONNECT_TIMEOUT: 'it does not answer. Mend the host and port in DATABASE_URL, or open the way to it',
  '53300': 'all its connections are taken. Raise its max_connections, or end others',
  '57P03': 'it is still starting. Try again in a while',
  CONNECTION_CLOSED: 'it closed the connection. See its log, and try again',
  ECONNRESET: 'it closed the connection. See its log, and try again',
  WRONG_TARGET:
    'none of its hosts is what target_session_attrs asks for. Mend that or the hosts in DATABASE_URL',
}

const unknownIssuer =
  'its certificate is signed by none that is trusted here. Name the service’s CA certificate with sslrootcert=/path/to/ca.pem in DATABASE_URL'

const meaningOfCode: Record<string, string> = {
  ...away,
  '28P01': 'it refuses the user or the password. Mend them in DATABASE_URL',
  '28000':
    'it refuses this user from here. Mend the user or sslmode in DATABASE_URL, or the server’s pg_hba.conf',
  '3D000': 'it has no database of that name. Create it, or mend the name in DATABASE_URL',
  '42501': 'its user may not create tables or extensions there. Make that user the owner of the database',
  '53100': 'its disk is full. Free some space there',
  '0A000':
    'it lacks the extension pg_trgm or btree_gin. Install PostgreSQL’s contrib package, or allow them where the service asks for it',
  NO_TLS:
    'it does not speak TLS, which sslmode asks for. Switch ssl on there, or, where the way to it is safe without, write sslmode=disable in DATABASE_URL',
  SELF_SIGNED_CERT_IN_CHAIN: unknownIssuer,
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownIssuer,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownIssuer,
  UNABLE_TO_GET_ISSUER_CERT: unknownIssuer,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownIssuer,
  CERT_HAS_EXPIRED: 'its certificate is no longer valid. Renew it there',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'its certificate is for another name. Write the host in DATABASE_URL as the certificate has it, or ask for less with sslmode=verify-ca',
}

/**
 * A database's refusal as a `StartError`, without its login; what is not a known one comes back unchanged.
 * @param name the setting that holds the address
 */
export function explainDatabase(error: unknown, url: string, name: AddressName = 'DATABASE_URL'): unknown {
  if (!(error instanceof Error) || error instanceof StartError) return error
  const said = saidBy(error)
  if (said instanceof ConnectionError) return new StartError(`${name} ${said.message}`, error)
  const { code = '', message } = said as Error & { code?: string }
  const meaning = meaningOfCode[code] ?? (code === '' ? undefined : `${message} (${code}). Mend DATABASE_URL`)
  if (meaning === undefined) return error
  return new StartError(
    `the database at ${placeOf(parseConnection(url))} cannot be used: ${meaning.replaceAll('DATABASE_URL', name)}`,
    error,
  )
}

/** Query builders wrap what the driver said, and dialing what the system did. */
function saidBy(error: Error): Error {
  const { cause } = error
  const isWrapped = cause instanceof ConnectionError || !('code' in error)
  return isWrapped && cause instanceof Error ? saidBy(cause) : error
}

function isAway(error: unknown): boolean {
  return error instanceof Error && Object.hasOwn(away, (saidBy(error) as { code?: string }).code ?? '')
}
