import { openDatabase, type Queryable } from '@/db/client'
import { findHealth } from '@/db/queries/health'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { countOpen } from '@/db/queries/metrics'
import { addJob as addOwnJob, type JobOptions } from '@/lib/jobs/add'
import { PermanentJobError } from '@/lib/jobs/permanent-error'
import { drainJobs } from '@/lib/jobs/serve'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Rest } from '@/lib/testing/rest'
import { setAside } from '@/lib/work/set-aside'
import { assertReady } from './ready'

/** Of tasks that there are in this test alone. */
const addJob = addOwnJob as unknown as (
  db: Queryable,
  task: string,
  payload: object,
  options?: JobOptions,
) => Promise<void>

let rest: Rest
let test: TestProject

beforeAll(async () => {
  rest = await startRest({ METRICS_TOKEN: 'metrics-token' }, undefined, { withBackground: false })
  test = await makeTestProject(rest.db)
})
afterAll(() => rest.close())

const ready = async () => {
  const { status, body } = await rest.call('GET', '/api/health/ready')
  return status === 200 ? body.status : [status, body.code, body.detail]
}
const addEvent = (seconds: number) =>
  rest.db.execute(sql`
    insert into approval_events (project_id, approval_id, type, at)
    values (${test.project.id}, 'apr_1', 'cancelled', clock_timestamp() - make_interval(secs => ${seconds}))`)

describe('readiness', () => {
  it('is false while the database takes no writes, and says so', async () => {
    expect(await ready()).toBe('ready')
    const readOnly = openDatabase(rest.databaseUrl, 1, { isReadOnly: true })
    const health = await findHealth(readOnly.db)
    await readOnly.close()
    expect(health).toEqual({ isReadOnly: true, oldestEventSeconds: 0 })
    expect(() => assertReady(health, true)).toThrow('The database takes no writes just now.')
  })

  it('is false while the oldest event waits too long, by whether a process lives to dispatch it', async () => {
    await addEvent(20)
    expect(await ready()).toBe('ready')
    await addEvent(40)
    const health = { isReadOnly: false, oldestEventSeconds: 40 }
    expect(() => assertReady({ ...health, oldestEventSeconds: 29 }, true)).not.toThrow()
    expect(() => assertReady(health, true)).toThrow('the oldest event has waited for more than 30 seconds')
    expect(() => assertReady(health, false)).not.toThrow()
    await rest.db.execute(sql`update approval_events set at = at - interval '200 seconds' where seq is null`)
    expect(await ready()).toEqual([
      503,
      'unavailable',
      'Notices are not sent: the oldest event has waited for more than 150 seconds.',
    ])
    // One that cannot be dispatched at all is counted, and holds up nobody.
    const rows = await rest.db.execute<{ id: string }>(
      sql`select id::text as id from approval_events where seq is null`,
    )
    const log = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    for (const { id } of rows)
      await setAside(rest.db, 'dispatch', { id, projectId: test.project.id }, new Error('no'))
    log.mockRestore()
    expect(await ready()).toBe('ready')
    // Nor does it while its next try is due.
    await rest.db.execute(sql`update set_aside set retry_at = clock_timestamp() - interval '1 second'`)
    expect(await ready()).toBe('ready')
    const { text } = await rest.call('GET', '/api/metrics', { token: 'metrics-token' })
    expect(text).toMatch(/^holdpoint_rows_set_aside\{kind="dispatch"\} 2$/m)
    expect(text).toMatch(/^holdpoint_rows_set_aside\{kind="search"\} 0$/m)
    expect(text).toMatch(/^holdpoint_events_oldest_seconds 0$/m)
    await rest.db.execute(sql`delete from set_aside`)
    const waiting = await rest.call('GET', '/api/metrics', { token: 'metrics-token' })
    expect(Number(/^holdpoint_events_oldest_seconds (\S+)$/m.exec(waiting.text)?.[1])).toBeGreaterThan(220)
    await rest.db.execute(sql`delete from approval_events where seq is null`)
  })

  it('is false where the database does not answer', () => {
    expect(() => assertReady(undefined, true)).toThrow('The database cannot be reached.')
  })
})

describe('the counts of jobs', () => {
  it('are exact: parked is what no worker has and none will take, all else waits', async () => {
    const { db, databaseUrl } = rest
    const counts = async () => {
      const { jobs, parkedJobs } = await countOpen(db)
      return { jobs, parkedJobs }
    }
    await db.execute(sql`delete from graphile_worker._private_jobs`)
    await addJob(db, 'fresh', {}, { runAt: new Date(Date.now() + 3_600_000) })
    await addJob(db, 'fails', {})
    await addJob(db, 'last', {}, { maxAttempts: 1 })
    await addJob(db, 'permanent', {})
    const isGivenUp = async (task: string) =>
      (
        await db.execute(sql`
          select from graphile_worker.jobs where task_identifier = ${task} and attempts >= max_attempts and locked_at is null`)
      ).length === 1
    const seen: object[] = []
    await drainJobs({
      databaseUrl,
      tasks: {
        fails: async () => Promise.reject(new Error('on purpose')),
        permanent: async () => Promise.reject(new PermanentJobError('for good')),
        // At its only attempt, but at work: not parked yet.
        last: async () => {
          await expect.poll(() => isGivenUp('permanent')).toBe(true)
          seen.push(await counts())
          throw new Error('on purpose')
        },
      },
    })
    expect(seen[0]).toEqual({ jobs: 3, parkedJobs: 1 })
    // Failed, but with tries left: it waits.
    await expect.poll(counts).toEqual({ jobs: 2, parkedJobs: 2 })
    const parked = await db.execute<{ task: string }>(sql`
      select task_identifier as task from graphile_worker.jobs where attempts >= max_attempts order by 1`)
    expect(parked.map((job) => job.task)).toEqual(['last', 'permanent'])
    const { text } = await rest.call('GET', '/api/metrics', { token: 'metrics-token' })
    expect(text).toMatch(/^holdpoint_jobs_parked 2$/m)
    expect(text).toMatch(/^holdpoint_jobs_waiting 2$/m)
  })

  it('leave out what failed after it was added again under its key, for the other does its work', async () => {
    const { db, databaseUrl } = rest
    await db.execute(sql`delete from graphile_worker._private_jobs`)
    const add = () => addJob(db, 'mail_items', {}, { key: 'mail:prj_1:usr_1' })
    await add()
    let tries = 0
    await drainJobs({
      databaseUrl,
      tasks: {
        mail_items: async () => {
          if (tries++ > 0) return
          await add()
          throw new Error('the database went away')
        },
      },
    })
    expect(tries).toBe(2)
    await expect
      .poll(() =>
        db.execute(sql`select key, attempts >= max_attempts as "isGivenUp" from graphile_worker.jobs`),
      )
      .toEqual([{ key: null, isGivenUp: true }])
    expect(await countOpen(db)).toMatchObject({ jobs: 0, parkedJobs: 0 })
  })
})
