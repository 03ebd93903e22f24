import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { openDatabase, type Database } from '@/db/client'
import { listApprovals } from '@/db/queries/approval-list'
import { openTestDatabase } from '@/lib/testing/open-database'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startServer } from '@/lib/testing/server-processes'
import { retrySetAside } from '@/lib/work/set-aside'
import { decideApproval } from '@/lib/approvals/decide'
import { dispatchEvents } from './dispatch'
import { fillSearch } from './fill-search'

let db: Database
let url: string
let close: () => Promise<void>
let a: TestProject
let b: TestProject

beforeAll(async () => {
  ;({ db, url, close } = await openTestDatabase())
})
afterAll(() => close())
beforeEach(async () => {
  await db.execute(sql`delete from graphile_worker._private_jobs`)
  ;[a, b] = [await makeTestProject(db), await makeTestProject(db)]
  const log = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  return async () => {
    log.mockRestore()
    await db.execute(sql`drop trigger if exists fault on approval_events`)
    await db.execute(sql`drop trigger if exists fault on approval_search`)
    await db.execute(sql`delete from set_aside`)
  }
})

/** Has each write of a row of the table do something first, such as fail. */
async function faultOn(table: string, body: string) {
  await db.execute(
    sql.raw(`
    create or replace function fault() returns trigger language plpgsql as $$ begin ${body} return new; end $$`),
  )
  await db.execute(
    sql.raw(`
    create trigger fault before insert or update on ${table} for each row execute function fault()`),
  )
}

const addEvents = (test: TestProject, count: number) =>
  db.execute(sql`
    insert into approval_events (project_id, approval_id, type)
    select ${test.project.id}, 'apr_' || n, 'cancelled' from generate_series(1, ${count}::int) n`)

const numbersOf = async (test: TestProject) =>
  (
    await db.execute<{ seq: string | null }>(
      sql`select seq from approval_events where project_id = ${test.project.id} order by id`,
    )
  ).map((row) => (row.seq === null ? null : Number(row.seq)))

const jobs = () =>
  db.execute<{ project: string; count: number; priority: number; queue: string | null }>(sql`
    select e.project_id as project, count(*)::int as count, j.priority, j.queue_name as queue
    from graphile_worker.jobs j join graphile_worker._private_jobs p using (id)
      cross join json_array_elements_text(p.payload->'event_ids') as w(id) join approval_events e on e.id = w.id::bigint
    where j.task_identifier = 'tell_event'
    group by j.id, e.project_id, j.priority, j.queue_name order by j.id`)

const asideOf = () =>
  db.execute<Record<string, unknown>>(
    sql`select kind, subject_id as id, project_id as project from set_aside`,
  )

const searchedOf = async (test: TestProject) =>
  (await db.execute(sql`select from approval_search where project_id = ${test.project.id}`)).length

describe('dispatchEvents', () => {
  it('tells of each project in turn: a flood of one comes after what the others have', async () => {
    await addEvents(a, 2600)
    await addEvents(b, 2)
    expect(await dispatchEvents(db)).toBe(2602)
    expect(await numbersOf(b)).toEqual([1, 2])
    expect(await numbersOf(a)).toEqual(Array.from({ length: 2600 }, (_, i) => i + 1))
    const [hers, his] = [a.project.id, b.project.id]
    const made = await jobs()
    const flood = { project: hers, priority: 1, queue: `tell:${hers}` }
    expect(made.filter((job) => job.project === his)).toEqual([
      { project: his, count: 2, priority: 0, queue: null },
    ])
    expect(made.findIndex((job) => job.project === his)).toBeLessThan(5)
    expect(
      made
        .filter((job) => job.priority === 1)
        .every((job) => job.project === hers && job.queue === flood.queue),
    ).toBe(true)
    expect(made.filter((job) => job.priority === 1).length).toBeGreaterThan(made.length / 2)
  })

  it('finds by the index whether a flood is on, however many events were told before', async () => {
    await addEvents(a, 3000)
    await dispatchEvents(db)
    await addEvents(a, 400)
    const one = openDatabase(url, 1)
    const walked = async () => {
      await one.db.execute(sql`select pg_stat_force_next_flush()`)
      const [row] = await one.db.execute<{ rows: number }>(sql`
        select seq_tup_read::int as rows from pg_stat_user_tables where relname = 'approval_events'`)
      return row?.rows ?? 0
    }
    const before = await walked()
    expect(await dispatchEvents(one.db)).toBe(400)
    const after = await walked()
    await one.close()
    expect(after - before).toBe(0)
  })

  it('numbers everything else where one event cannot be, and that one once it can', async () => {
    await addEvents(a, 3)
    await addEvents(b, 2)
    await faultOn(
      'approval_events',
      `if new.approval_id = 'apr_2' and new.project_id = '${a.project.id}' then raise 'on purpose'; end if;`,
    )
    expect(await dispatchEvents(db)).toBe(4)
    expect([await numbersOf(a), await numbersOf(b)]).toEqual([
      [1, null, 2],
      [1, 2],
    ])
    expect(await asideOf()).toMatchObject([{ kind: 'dispatch', project: a.project.id }])
    expect(await dispatchEvents(db)).toBe(0)
    await db.execute(sql`drop trigger fault on approval_events`)
    await retrySetAside(db)
    expect(await dispatchEvents(db)).toBe(1)
    expect([await numbersOf(a), await asideOf()]).toEqual([[1, 3, 2], []])
  })
})

describe('large asks of one project', () => {
  const askLarge = () => a.ask({ params: { text: 'x'.repeat(65_000) } })

  it('are numbered and told at once with everybody’s, and become searchable a few at a time', async () => {
    for (let i = 0; i < 12; i++) await askLarge()
    const { id } = await b.ask({ params: { note: 'bassoon' } })
    // As if the index took so long for each that all of them do not fit in a statement.
    await faultOn('approval_search', `if length(new.text) > 60000 then perform pg_sleep(0.4); end if;`)
    expect(await dispatchEvents(db)).toBe(13)
    expect((await jobs()).map((job) => [job.project, job.count]).toSorted()).toEqual(
      [[a.project.id, 12], [b.project.id, 1]].toSorted(), // prettier-ignore
    )
    let rounds = 0
    await fillSearch(db, () => (rounds += 1) < 3)
    expect([await searchedOf(b), (await searchedOf(a)) > 0]).toEqual([1, true])
    expect(await searchedOf(a)).toBeLessThan(12)
    const found = await listApprovals(db, b.project.id, { q: 'bassoon', limit: 10 })
    expect(found.items.map((item) => item.id)).toEqual([id])
    await fillSearch(db)
    expect(await searchedOf(a)).toBe(12)
  })

  it('are bounded by bytes: no transaction takes more than a few of their texts', async () => {
    for (let i = 0; i < 10; i++) await askLarge()
    await dispatchEvents(db)
    await faultOn('approval_search', '')
    await fillSearch(db)
    const batches = await db.execute<{ count: number }>(sql`
      select count(*)::int as count from approval_search where project_id = ${a.project.id} group by xmin::text`)
    expect(batches.length).toBeGreaterThanOrEqual(3)
    expect(Math.max(...batches.map((batch) => batch.count))).toBeLessThanOrEqual(4)
  })
})

describe('a text that cannot be made searchable', () => {
  it('is set aside and said; its approval is decided and told like any other, and other texts are found', async () => {
    const reviewer = await a.member('reviewer')
    const bad = await a.ask({ params: { note: 'oboe' } })
    const good = [
      await a.ask({ params: { note: 'clarinet' } }),
      await b.ask({ params: { note: 'clarinet' } }),
    ]
    await faultOn('approval_search', `if new.approval_id = '${bad.id}' then perform pg_sleep(10); end if;`)
    await dispatchEvents(db)
    await fillSearch(db)
    const written = await db.execute<{ id: string }>(sql`
      select approval_id as id from approval_search where approval_id in (${bad.id}, ${good[0]?.id}, ${good[1]?.id})`)
    expect(written.map((row) => row.id).toSorted()).toEqual(good.map((one) => one.id).toSorted())
    expect(await asideOf()).toEqual([{ kind: 'search', id: bad.id, project: a.project.id }])
    expect(await fillSearch(db)).toBe(0)
    const list = await listApprovals(db, a.project.id, { q: 'oboe', limit: 10 })
    expect(list.items.map((item) => item.id)).toEqual([bad.id])
    expect((await decideApproval(reviewer, { id: bad.id, decision: 'approve' })).status).toBe('approved')
    await dispatchEvents(db)
    expect((await jobs()).filter((job) => job.project === a.project.id).map((job) => job.count)).toEqual([
      2, 1,
    ])
    await db.execute(sql`drop trigger fault on approval_search`)
    await retrySetAside(db)
    expect([await fillSearch(db), await asideOf()]).toEqual([1, []])
  })
})

describe('a filler that is killed', () => {
  it('loses nothing: what it had taken waits for the next', async () => {
    for (let i = 0; i < 6; i++) await a.ask({ params: { note: `viola ${i}` } })
    await dispatchEvents(db)
    await faultOn('approval_search', 'perform pg_sleep(0.3);')
    const server = await startServer(url)
    const isFilling = async () =>
      (
        await db.execute(sql`
          select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`)
      ).length
    await expect.poll(isFilling, { interval: 20 }).toBe(1)
    await server.kill()
    await expect.poll(isFilling, { interval: 20 }).toBe(0)
    expect(await searchedOf(a)).toBe(0)
    await db.execute(sql`drop trigger fault on approval_search`)
    expect([await fillSearch(db), await searchedOf(a), await asideOf()]).toEqual([6, 6, []])
    expect(await db.execute(sql`select from approval_search_queue`)).toEqual([])
  })
})
