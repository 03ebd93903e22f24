import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { openDatabase, type Queryable } from '@/db/client'
import { createTestDatabase } from '@/lib/testing/database'
import { addJob as addOwnJob, type JobOptions } from './add'
import { openLease } from './lease'
import { drainJobs, serveJobs } from './serve'
import type { TaskList } from './tasks'

/** Of tasks that there are in this test alone. */
const addJob = addOwnJob as unknown as (
  db: Queryable,
  task: string,
  payload: object,
  options?: JobOptions,
) => Promise<void>

type Opened = ReturnType<typeof openDatabase>
let made: Awaited<ReturnType<typeof createTestDatabase>>
let opened: Opened
let db: Opened['db']
let admin: postgres.Sql
let stops: (() => Promise<void>)[] = []
let done: string[] = []

beforeAll(async () => {
  made = await createTestDatabase()
  opened = openDatabase(made.url)
  db = opened.db
  admin = postgres(made.url, { max: 1, onnotice: () => undefined })
})
afterAll(async () => {
  await admin.end()
  await opened.close()
  await made.drop()
})
beforeEach(async () => {
  done = []
  await admin`delete from graphile_worker._private_jobs`
})
afterEach(async () => {
  for (const stop of stops) await stop()
  stops = []
})

const tasks: TaskList = {
  note: async (payload) => void done.push((payload as { id: string }).id),
  fail: async () => {
    throw new Error('on purpose')
  },
}

async function serve(extra: TaskList = {}, log?: (line: string) => void) {
  const serving = await serveJobs({
    databaseUrl: made.url,
    tasks: { ...tasks, ...extra },
    ...(log ? { log } : {}),
  })
  stops.push(() => serving.stop())
  return serving
}

async function until(isTrue: () => boolean | Promise<boolean>) {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 20))
}

test('a job runs after its commit with the payload it was given, never after a rollback', async () => {
  await serve()
  const undone = db.transaction(async (tx) => {
    await addJob(tx, 'note', { id: 'undone' })
    throw new Error('rolled back')
  })
  await expect(undone).rejects.toThrow('rolled back')
  await db.transaction((tx) => addJob(tx, 'note', { id: 'O’Brien "quoted" \\ ✓' }))
  await until(() => done.length > 0)
  expect(done).toEqual(['O’Brien "quoted" \\ ✓'])
})

test('two who serve do each job once', async () => {
  await serve()
  await serve()
  const ids = Array.from({ length: 60 }, (_, i) => String(i))
  for (const id of ids) await addJob(db, 'note', { id })
  await until(() => done.length >= 60)
  expect(done.toSorted()).toEqual(ids.toSorted())
})

test('a job of the same key replaces the one that waits; a later one waits', async () => {
  const runAt = new Date(Date.now() + 3_600_000)
  await addJob(db, 'note', { id: 'first' }, { key: 'same', runAt })
  await addJob(db, 'note', { id: 'second' }, { key: 'same' })
  await addJob(db, 'note', { id: 'later' }, { runAt })
  expect(await drainJobs({ databaseUrl: made.url, tasks })).toEqual({ done: 1, failed: 0 })
  expect(done).toEqual(['second'])
})

test('drainJobs counts what failed and leaves it for later', async () => {
  await addJob(db, 'note', { id: 'a' })
  await addJob(db, 'fail', {})
  // A machine so slow that the first back-off passes meanwhile tries, and counts, once more.
  const { done, failed } = await drainJobs({ databaseUrl: made.url, tasks })
  expect(done).toBe(1)
  expect(failed).toBeGreaterThanOrEqual(1)
  const left = async () =>
    (await admin`select attempts, last_error, run_at > created_at as later from graphile_worker.jobs`)[0]
  await expect.poll(left).toEqual({ attempts: failed, last_error: 'on purpose', later: true })
})

test('jobs of a worker that is gone are freed; those of living workers and fresh ones are not', async () => {
  let release: () => void = () => undefined
  const held = new Promise<void>((resolve) => (release = resolve))
  // also where this fails: whoever stops waits for the job that runs
  stops.push(async () => release())
  await serve({ hold: async () => held })
  await addJob(db, 'hold', {})
  await until(
    async () => (await admin`select 1 from graphile_worker.jobs where locked_by is not null`).length === 1,
  )
  await addJob(db, 'note', { id: 'orphan' }, { runAt: new Date(Date.now() + 3_600_000) })
  await addJob(db, 'note', { id: 'fresh' }, { runAt: new Date(Date.now() + 3_600_000) })
  const age = async (where: string, seconds: number, by: string) =>
    admin.unsafe(
      `update graphile_worker._private_jobs set locked_by = ${by}, locked_at = now() - interval '${seconds} s' where ${where}`,
    )
  await age(`payload->>'id' = 'orphan'`, 40, `'pool-gone'`)
  await age(`payload->>'id' = 'fresh'`, 5, `'pool-zz-new'`)
  await age(`locked_by like 'pool-%' and payload::text = '{}'`, 600, 'locked_by')

  const lease = await openLease(made.url, () => undefined)
  expect(await lease.free()).toBe(1)
  await lease.end()
  const locked =
    await admin`select locked_by from graphile_worker.jobs where locked_by is not null order by 1`
  expect(locked).toMatchObject([
    { locked_by: expect.stringMatching(/^pool-[0-9a-f]{18}$/) as string },
    { locked_by: 'pool-zz-new' },
  ])
})

test('the lock of a pool ends with its session: no process, no lock', async () => {
  const lease = await openLease(made.url, () => undefined)
  lease.events.emit('pool:create', { workerPool: { id: 'pool-mine' } } as never)
  const locks = async () =>
    (
      await admin`
    select 1 from pg_locks where locktype = 'advisory' and objid::bigint = (hashtext('pool-mine')::bigint & 4294967295)`
    ).length
  await until(async () => (await locks()) === 1)
  await lease.end()
  await until(async () => (await locks()) === 0)
  expect(await locks()).toBe(0)
})

test('every connection cut: goes on serving by itself', async () => {
  const lines: string[] = []
  await serve({}, (line) => lines.push(line))
  for (let round = 0; round < 3; round++) {
    await admin`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
  await admin`select graphile_worker.add_job('note', '{"id":"after"}'::json)`
  await until(() => done.length > 0)
  expect(done).toEqual(['after'])
})

test('a job whose end could not be told is done again at once, and its queue goes on', async () => {
  const name = new URL(made.url).pathname.slice(1)
  const limit = async (most: number) => {
    await admin.unsafe(`alter database ${name} connection limit ${most}`)
  }
  let cuts = 0
  await serve({
    cut: async () => {
      if (cuts++ > 0) return
      await limit(0)
      await admin`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`
      setTimeout(() => void limit(-1), 1500)
    },
  })
  await admin`select graphile_worker.add_job('cut', queue_name => 'one')`
  await admin`select graphile_worker.add_job('note', '{"id":"after"}'::json, queue_name => 'one')`
  // Far sooner than jobs of workers that are gone are looked for.
  await expect.poll(() => done, { timeout: 14_000 }).toEqual(['after'])
  expect(cuts).toBe(2)
}, 40_000)

test('stop waits for the job that runs', async () => {
  const serving = await serve({
    slow: async () => {
      await new Promise((resolve) => setTimeout(resolve, 400))
      done.push('slow')
    },
  })
  await addJob(db, 'slow', {})
  await until(
    async () => (await admin`select 1 from graphile_worker.jobs where locked_by is not null`).length === 1,
  )
  await serving.stop()
  expect(done).toEqual(['slow'])
})
