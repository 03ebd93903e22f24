import { sql } from 'drizzle-orm'
import { AppError } from '@/lib/errors'
import { endWithShared, openWithSearches, type Database } from './client'

/** A replica that is further behind is not read. */
const mostLagMs = 10_000
const checkEveryMs = 1000
const checkWithinMs = 1000
const readWithinMs = 2000
const mostMarks = 120

type Options = {
  /** Connections at most. */
  max?: number
  mostLagMs?: number
  /** Told in one line when reads leave the replica, and when they come back. */
  log?: (line: string) => void
}

const replicasKey = Symbol.for('holdpoint.replicas')

function replicas(): WeakMap<Database, Replica> {
  const scope = globalThis as { [replicasKey]?: WeakMap<Database, Replica> }
  return (scope[replicasKey] ??= new WeakMap())
}

/**
 * Lets reads that may lag go to a streaming replica of `db`; a second call changes nothing. It ends with the
 * shared pool where `db` is that, else by `close`.
 * @param url of the replica; its sessions are read only
 */
export function attachReplica(db: Database, url: string, options: Options = {}): { close(): Promise<void> } {
  const known = replicas().get(db)
  if (known) return known
  const replica = new Replica(db, url, options)
  replicas().set(db, replica)
  endWithShared(db, () => replica.close())
  return replica
}

/**
 * Reads what may be some seconds old, at most about ten: on the replica where there is one that answers and keeps
 * up, else on the primary. Never for what decides, claims or waits, for rights, nor for what its reader has just
 * changed. (Drizzle's own `withReplicas` sends every select away that is not marked; here it is the other way.)
 * @param read asks with the database that it is given, and may be called twice
 */
export async function readMayLag<T>(db: Database, read: (db: Database) => Promise<T>): Promise<T> {
  const replica = replicas().get(db)
  if (!replica || !(await replica.keepsUp())) return read(db)
  try {
    return await within(readWithinMs, read(replica.db))
  } catch (error) {
    if (error instanceof AppError) throw error
    replica.checkSoon()
    return read(db)
  }
}

/** How far the primary's log had come at a moment of this process's clock. */
type Mark = { position: number; at: number }

class Replica {
  readonly db: Database
  private readonly end: () => Promise<void>
  /** Not yet replayed by the replica, oldest first. */
  private marks: Mark[] = []
  private checkedAt = -Infinity
  private checking: Promise<void> | undefined
  private isUsable = false
  private hasCaughtUp = false
  private isTold = false

  constructor(
    private readonly primary: Database,
    url: string,
    private readonly options: Options,
  ) {
    const { db, close } = openWithSearches(url, options.max, { isReadOnly: true })
    this.db = db
    this.end = close
  }

  async close(): Promise<void> {
    replicas().delete(this.primary)
    await this.checking
    await this.end()
  }

  /** Whether it may be read; asked of the databases once a second at most. */
  async keepsUp(): Promise<boolean> {
    if (performance.now() - this.checkedAt > checkEveryMs) {
      this.checking ??= this.check().finally(() => (this.checking = undefined))
      // Who would read the primary anyway does not wait to hear so again.
      if (this.isUsable) await this.checking
    }
    return this.isUsable
  }

  checkSoon(): void {
    this.checkedAt = -Infinity
  }

  private async check(): Promise<void> {
    try {
      const lag = await within(checkWithinMs, this.measureLag())
      const most = this.options.mostLagMs ?? mostLagMs
      this.tell(lag <= most, `it is more than ${most / 1000} s behind`)
    } catch (error) {
      this.tell(false, reasonOf(error))
    } finally {
      this.checkedAt = performance.now()
    }
  }

  /**
   * Milliseconds since the primary was where the replica is now, by this process's clock alone: a replica that
   * lost its primary falls behind although it has replayed all it received.
   */
  private async measureLag(): Promise<number> {
    const at = performance.now()
    const [[primary], [replica]] = await Promise.all([
      this.primary.execute<{ position: number }>(
        sql`select (pg_current_wal_lsn() - '0/0')::float8 as position`,
      ),
      this.db.execute<{ position: number | null; age: number | null }>(sql`
        select (pg_last_wal_replay_lsn() - '0/0')::float8 as position,
          (extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000)::float8 as age
        where pg_is_in_recovery()`),
    ])
    if (!primary || !replica || replica.position === null) throw new Unusable('it is no streaming replica')
    const replayed = replica.position
    this.marks.push({ position: primary.position, at })
    if (this.marks.length > mostMarks) this.marks.splice(mostMarks / 2, 1)
    this.marks = this.marks.filter((mark) => mark.position > replayed)
    const [oldest] = this.marks
    if (oldest === undefined) this.hasCaughtUp = true
    const seen = oldest === undefined ? 0 : performance.now() - oldest.at
    // How far behind it was before this process looked, it has to say itself.
    return this.hasCaughtUp ? seen : Math.max(seen, replica.age ?? Infinity)
  }

  private tell(isUsable: boolean, why: string): void {
    const isNews = isUsable !== this.isUsable || (!isUsable && !this.isTold)
    this.isUsable = isUsable
    if (!isNews) return
    this.isTold = true
    const line = isUsable
      ? 'The read replica keeps up; lists are read there.'
      : `The read replica is left alone, lists are read from the primary: ${why}`
    this.options.log?.(line)
  }
}

class Unusable extends Error {}

/** Without what a driver repeats of the statement, which may hold what callers sent. */
function reasonOf(error: unknown): string {
  if (error instanceof Unusable) return error.message
  if (error instanceof Error && error.cause instanceof Error) return reasonOf(error.cause)
  return `it answered ${String((error as { code?: unknown }).code ?? 'an unknown error')}`
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Unusable(`it did not answer within ${ms / 1000} s`)), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
