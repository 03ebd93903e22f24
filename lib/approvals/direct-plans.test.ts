import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { openDatabase } from '@/db/client'
import { projects } from '@/db/schema/identity'
import { recordResult } from '@/lib/runs/record-result'
import { startRun } from '@/lib/runs/start'
import { createTestDatabase } from '@/lib/testing/database'
import { makeTestProject } from '@/lib/testing/project'
import { askApproval } from './ask'
import { askMany } from './ask-many'
import { claimApproval } from './claim'
import { decideApproval } from './decide'
import type { Approval } from './schemas'

it('finds everything by its key, where nothing is known of the tables yet', async () => {
  const database = await createTestDatabase()
  const { db, close } = openDatabase(database.url, 1, { isDirect: true })
  try {
    const test = await makeTestProject(db)
    const reviewer = await test.member('reviewer')
    // One by one, and two at a time, who share each statement.
    for (const these of [['a'], ['b'], ['c', 'd'], ['e', 'f']]) {
      const each = <T>(work: (name: string, at: number) => Promise<T>) => Promise.all(these.map(work))
      const runs = await each(async (name) => {
        const start = { agent: 'tester', external_id: `ext-${name}`, source: {} }
        return (await startRun(test.agent, start)).run.id
      })
      for (const way of ['new', 'id', 'name'] as const) {
        const where = these.map((name, at) =>
          way === 'new' ? { agent: 'tester' } : { run_id: way === 'id' ? (runs[at] ?? '') : `ext-${name}` },
        )
        const ask = (tool: string, more: (name: string) => object = () => ({})) =>
          each((name, at) => {
            const source = { params: '{}' }
            return askApproval(test.agent, { ...where[at], tool, params: {}, ...more(name), source })
          })
        const result = (calls: { run_id: string; tool_call_id: string }[]) =>
          each((_, at) => {
            const { run_id: own = '', tool_call_id: toolCallId = '' } = calls[at] ?? {}
            const content = { status: 'succeeded', source: {} } as const
            return recordResult(test.agent, { ...content, run: where[at]?.run_id ?? own, toolCallId })
          })
        const named = (name: string) => ({ tool_call_id: `free-${way}-${name}` })
        const free = await ask('free', named)
        await ask('free', (name) => ({ ...named(name), start_id: 'mine' }))
        await result(free.map(({ answer }) => answer))
        if (way !== 'new')
          await each((name, at) =>
            askMany(test.agent, {
              run_id: where[at]?.run_id ?? '',
              calls: ['free', 'gated'].map((tool) => ({
                tool,
                params: {},
                tool_call_id: `${tool}-${way}-${name}-many`,
              })),
            }),
          )
        const held = (await ask('gated')).map(({ answer }) => answer as Approval)
        const id = (at: number) => held[at]?.id ?? ''
        await each((_, at) => decideApproval(reviewer, { id: id(at), decision: 'approve' }))
        await each((_, at) => claimApproval(test.agent, { id: id(at), tool: 'gated', params: {} }))
        await result(held)
      }
    }
    const prepared = () =>
      db.execute<{ name: string; statement: string; custom: number; parameters: number }>(
        sql`select name, statement, custom_plans::int as custom, cardinality(parameter_types) as parameters
          from pg_prepared_statements
          where statement ~ '[)] item\\M'`,
      )
    const records = ({ statement }: { statement: string }) =>
      ['tool_calls', 'audit_entries'].every((table) => statement.includes(`insert into ${table}`))
    // Whoever does not record the starts of runs does not pay for that part.
    expect((await prepared()).filter(records)).toHaveLength(0)
    await db.update(projects).set({ auditRuns: true })
    for (const tool of ['free', 'gated']) {
      const ask = () =>
        askApproval(test.agent, { agent: 'tester', tool, params: {}, source: { params: '{}' } })
      await ask()
      await Promise.all([ask(), ask()])
    }
    const statements = await prepared()
    expect(statements.filter(records)).toHaveLength(2 * 2)
    // Looks: new run, run by id, by name, approval.
    // Writes: four asks, two that record the start of their run, many asks, start, decision, claim, result by the run's
    // id, by name. Each for one and for several, but for many asks, which always take a list of several.
    expect(statements).toHaveLength(2 * (4 + 12) - 1)
    for (const { name, statement, custom, parameters } of statements) {
      expect([statement, custom]).toEqual([statement, 0])
      const rows = await db.execute<{ 'QUERY PLAN': string }>(
        sql.raw(`explain (costs off) execute "${name}"(${Array(parameters).fill('null').join()})`),
      )
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
      const count = (pattern: RegExp) => plan.match(pattern)?.length ?? 0
      expect([statement, count(/Seq Scan|Hash Join|Merge Join/g)]).toEqual([statement, 0])
      // Every index that is read is read for a key.
      expect([plan, count(/Index Cond/g)]).toEqual([plan, count(/Index (Only )?Scan/g)])
      // And by the first of its columns: by a later one alone, the whole index is walked.
      for (const [, index, condition] of plan.matchAll(
        /Index (?:Only )?Scan (?:using|on) (\w+).*\n +Index Cond: (.*)/g,
      )) {
        const [first] = await db.execute<{ column: string }>(
          sql`select pg_get_indexdef(${index}::text::regclass, 1, true) as column`,
        )
        expect([plan, index, condition]).toEqual([
          plan,
          index,
          expect.stringContaining(`(${first?.column} = `),
        ])
      }
      // No run is locked before it is known that who comes may.
      const locksOnceAllowed = count(/LockRows\n.*Result\n.*One-Time Filter: \(\w+\.n > 0\)/g)
      expect([plan, locksOnceAllowed]).toEqual([plan, count(/ on runs r$/gm)])
      // Of no project everything is read, such as its members.
      expect([plan, count(/Index Cond: \(project_id = [^)]*\)$/gm)]).toEqual([plan, 0])
    }
  } finally {
    await close()
    await database.drop()
  }
})
