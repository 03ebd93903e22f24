import type postgres from 'postgres'
import { openSql } from '@/db/drivers'
import { StartError } from '@/lib/start-error'

const rounds = 3
const patienceMs = 8000

/**
 * Refuses a pooler that gives the connections to the server to one client after the other, by the transaction or
 * by the statement: advisory locks, LISTEN and our settings would not hold there. A session is told from that by
 * its backend, which stays the same while another client holds a transaction: that one takes what ours has just
 * given back, where it has given something back.
 *
 * @param name the setting that holds the address, for the refusal
 * @throws StartError
 */
export async function refusePooling(url: string, name: string): Promise<void> {
  const options = { max: 1, name: 'holdpoint check', connectSeconds: 10, readsArrays: false }
  const [ours, other] = [openSql(url, options), openSql(url, options)]
  const shared = new StartError(
    `${name} leads to a pooler that shares sessions between clients (pool_mode=transaction or statement). Give the ` +
      'address of the server itself, or of a pool with pool_mode=session',
  )
  try {
    // Statements of the simple protocol, which every pooler has.
    await backendOf(other)
    const first = await within(backendOf(ours), shared)
    for (let round = 0; round < rounds; round++) {
      await begin(other, shared)
      const theirs = await within(backendOf(other), shared)
      const now = await within(backendOf(ours), shared)
      await other.unsafe('rollback')
      if (theirs === first || now !== first) throw shared
    }
  } finally {
    await Promise.all([ours.end({ timeout: 1 }), other.end({ timeout: 1 })])
  }
}

/** Pooled by the statement, there are no transactions: PgBouncer says so and hangs up. */
async function begin(sql: postgres.Sql, otherwise: Error): Promise<void> {
  try {
    await within(sql.unsafe('begin'), otherwise)
  } catch (error) {
    throw /^(08P01|CONNECTION_CLOSED)$/.test((error as { code?: string }).code ?? '') ? otherwise : error
  }
}

async function backendOf(sql: postgres.Sql): Promise<number> {
  const [row] = await sql.unsafe<{ pid: number }[]>('select pg_backend_pid() as pid')
  return row?.pid ?? 0
}

/** One of the two waits for the other where there is a single connection for both. */
async function within<T>(work: PromiseLike<T>, otherwise: Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(otherwise), patienceMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
