import { join } from 'node:path'
import { eq, sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { openDatabase } from '@/db/client'
import { makeSample, wantsSample } from '@/db/seed'
import { approvals, decisions } from '@/db/schema/approvals'
import { keys } from '@/db/schema/identity'
import { steps, toolCalls } from '@/db/schema/runs'
import { readContext } from '@/lib/approvals/context/read'
import type { Context } from '@/lib/context'
import { createTestDatabase } from '@/lib/testing/database'
import { root } from './install.mjs'

it('shows a queue that can be judged by what was decided before, also where it was begun twice', async () => {
  const database = await createTestDatabase()
  const { db, close } = openDatabase(database.url, 4)
  try {
    const make = () => makeSample(db, 'http://localhost:3000', join(root, 'examples/order-manager'))
    const { project } = await make()
    const counted = async () =>
      Promise.all([
        db.$count(approvals),
        db.$count(approvals, eq(approvals.status, 'pending')),
        db.$count(toolCalls, sql`${toolCalls.startedAt} < now() - interval '1 hour'`),
        db.$count(steps),
        db.$count(decisions),
      ])
    const first = await counted()
    expect(first.slice(1, 3)).toEqual([4, 0])
    await make()
    expect(await counted()).toEqual(first)

    const system = { type: 'system', id: 'test', label: 'Test', via: 'cli' } as const
    const ctx: Context = { db, project, actor: system, appUrl: '', limits: { maxPendingPerAgent: 0 } }
    const pending = await db
      .select({ id: approvals.id, params: toolCalls.params })
      .from(approvals)
      .innerJoin(toolCalls, eq(toolCalls.id, approvals.callId))
      .where(eq(approvals.status, 'pending'))
    const large = pending.find(({ params }) => params.includes('2400'))
    const context = await readContext(ctx, large?.id ?? '')
    expect(context.run.steps.map(({ name }) => name)).toEqual(['order_tools.find_order', 'Plan'])
    expect(context.cues.map(({ kind }) => kind)).toContain('highest')
    expect(context.compared?.changed.map(({ path }) => path)).toContain('amount')
    expect(context.similar.counts.approved).toBeGreaterThan(10)
    expect(context.similar.counts.rejected).toBeGreaterThan(0)
    expect(context.similar.numbers[0]).toMatchObject({ path: 'amount', value: 2400, higher_than: 1 })

    const [waiting] = await db.execute<{ tool: string; votes: number }>(sql`
      select a.tool, count(*)::int as votes from approvals a join decisions d on d.approval_id = a.id
      where a.status = 'pending' group by a.id`)
    expect(waiting).toEqual({ tool: 'bank.pay_invoice', votes: 1 })
    const past = await db.execute(sql`
      select r.external_id as run, a.status, a.edited_digest is not null as edited, a.claimed_at is not null as claimed,
        count(distinct d.reviewer_id)::int as people, a.pools
      from approvals a join runs r on r.id = a.run_id left join decisions d on d.approval_id = a.id
      where a.agent_name = 'supplier-payments' and a.status <> 'pending' group by a.id, r.external_id order by run`)
    const approved = { status: 'approved', claimed: true, people: 2, pools: null }
    expect(past).toEqual([
      {
        run: 'sample-account',
        status: 'rejected',
        edited: false,
        claimed: false,
        people: 1,
        pools: ['finance', 'role:admin'],
      },
      { run: 'sample-payment-3058', edited: false, ...approved },
      { run: 'sample-payment-3064', edited: true, ...approved },
    ])

    expect(await wantsSample(db)).toBe(false)
    await db.delete(keys)
    expect(await wantsSample(db)).toBe(true)

    // What is dated back is the asking alone; nothing was decided after its deadline.
    expect(await db.$count(approvals, sql`resolved_at > expires_at and status <> 'expired'`)).toBe(0)
  } finally {
    await close()
    await database.drop()
  }
})
