import { EventEmitter } from 'node:events'
import type { WorkerEvents } from 'graphile-worker'
import type postgres from 'postgres'
import { openSql } from '@/db/drivers'

const leaseClass = 7_340_214
const beatMs = 10_000
const silenceMs = 30_000
const lockedSeconds = 30

/**
 * Says of the worker pools of this process that they live: for each, one session of the database holds an
 * advisory lock, which PostgreSQL gives up by itself when the process is gone, or silent for 30 s. Jobs that
 * are held by a pool without such a lock are freed.
 */
export type Lease = {
  events: WorkerEvents
  /** The ids of the pools so far. */
  pools: ReadonlySet<string>
  /** @param former pools that are known to have ended */
  free(former?: Iterable<string>): Promise<number>
  end(): Promise<void>
}

/** @param log told where the database cannot be reached; the next beat tries again */
export async function openLease(databaseUrl: string, log: (line: string) => void): Promise<Lease> {
  const sql = openSql(databaseUrl, {
    max: 1,
    name: 'holdpoint-jobs',
    canPrepare: false,
    settings: {
      idle_session_timeout: silenceMs,
      statement_timeout: 4000,
      tcp_keepalives_idle: 10,
      tcp_keepalives_interval: 5,
      tcp_keepalives_count: 3,
    },
  })
  const pools = new Set<string>()
  const beat = async () => {
    if (pools.size === 0) await sql`select 1`
    else
      await sql`select pg_try_advisory_lock(${leaseClass}, hashtext(id)) from unnest(${[...pools]}::text[]) as id`
  }
  const tryBeat = () =>
    beat().catch((error: unknown) => log(`The lease of the job workers was not renewed: ${String(error)}`))
  const events = new EventEmitter() as WorkerEvents
  // Jobs are locked in the name of the pool.
  events.on('pool:create', ({ workerPool }) => {
    pools.add(workerPool.id)
    void tryBeat()
  })
  await beat()
  const timer = setInterval(() => void tryBeat(), beatMs)
  timer.unref()
  return {
    events,
    pools,
    free: (former = []) => freeDeadJobs(sql, [...former]),
    end: async () => {
      clearInterval(timer)
      await sql.end({ timeout: 2 }).catch(() => undefined)
    },
  }
}

/** Frees the jobs whose workers are gone; a pool is given 30 s to show its lock after it took a job. */
async function freeDeadJobs(sql: postgres.Sql, former: string[]): Promise<number> {
  const dead = await sql<{ worker: string }[]>`
    select distinct locked_by as worker from graphile_worker.jobs
    where locked_by = any(${former}::text[])
      or locked_at < clock_timestamp() - make_interval(secs => ${lockedSeconds}) and not exists (
      select 1 from pg_locks
      where locktype = 'advisory' and objsubid = 2 and classid::bigint = ${leaseClass} and granted
        and database = (select oid from pg_database where datname = current_database())
        and objid::bigint = (hashtext(locked_by)::bigint & 4294967295))`
  if (dead.length === 0) return 0
  await sql`select graphile_worker.force_unlock_workers(${dead.map((row) => row.worker)}::text[])`
  return dead.length
}
