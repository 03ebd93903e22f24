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
    for (let i = 0; i < 4; i++) {
      const { run } = await startRun(test.agent, { agent: 'tester', external_id: `ext-${i}`, source: {} })
      for (const where of [{ agent: 'tester' }, { run_id: run.id }, { run_id: `ext-${i}` }]) {
        const ask = (tool: string, more: object = {}) =>
          askApproval(test.agent, { ...where, tool, params: {}, ...more, source: { params: '{}' } })
        const batch = (run: string) =>
          askMany(test.agent, {
            run_id: run,
            calls: ['free', 'gated'].map((tool) => ({
              tool,
              params: {},
              tool_call_id: `${tool}-${run}-many`,
            })),
          })
        const result = (call: { run_id: string; tool_call_id: string }) => {
          const name = where.run_id ?? call.run_id
          const content = { status: 'succeeded', source: {} } as const
          return recordResult(test.agent, { ...content, run: name, toolCallId: call.tool_call_id })
        }
        const { answer: free } = await ask('free', { tool_call_id: `free-${where.run_id ?? i}` })
        await ask('free', { tool_call_id: free.tool_call_id, start_id: 'mine' })
        await result(free)
        if (where.run_id !== undefined) await batch(where.run_id)
        const { id, ...call } = (await ask('gated')).answer as Approval
        await decideApproval(reviewer, { id, decision: 'approve' })
        await claimApproval(test.agent, { id, tool: 'gated', params: {} })
        await result(call)
      }
    }
    const prepared = () =>
      db.execute<{ name: string; statement: string; custom: number; parameters: number }>(
        sql`select name, statement, custom_plans::int as custom, cardinality(parameter_types) as parameters
          from pg_prepared_statements
          where statement ~ 'ordinality as item'`,
      )
    const records = ({ statement }: { statement: string }) =>
      ['tool_calls', 'audit_entries'].every((table) => statement.includes(`insert into ${table}`))
    // Whoever does not record the starts of runs does not pay for that part.
    expect((await prepared()).filter(records)).toHaveLength(0)
    await db.update(projects).set({ auditRuns: true })
    for (const tool of ['free', 'gated'])
      await askApproval(test.agent, { agent: 'tester', tool, params: {}, source: { params: '{}' } })
    const statements = await prepared()
    expect(statements.filter(records)).toHaveLength(2)
    // Looks: new run, run by id, by name, approval.
    // Writes: four asks, two that record the start of their run, many asks, start, decision, claim, result by the run's
    // id, by name.
    expect(statements).toHaveLength(4 + 12)
    for (const { name, statement, custom, parameters } of statements) {
      expect([statement, custom]).toEqual([statement, 0])
      const rows = await db.execute<{ 'QUERY PLAN': string }>(
        sql.raw(`explain (costs off) execute "${name}"(${Array(parameters).fill("'[]'").join()})`),
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
      // Of no project everything is read, such as its members.
      expect([plan, count(/Index Cond: \(project_id = [^)]*\)$/gm)]).toEqual([plan, 0])
    }
  } finally {
    await close()
    await database.drop()
  }
})
