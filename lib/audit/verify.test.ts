import { sql, type SQL } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { claimApproval } from '@/lib/approvals/claim'
import { cancelApproval } from '@/lib/approvals/cancel'
import { decideApproval } from '@/lib/approvals/decide'
import { expireApprovals } from '@/lib/approvals/expire'
import { keepAuditFor } from '@/lib/testing/audit-retention'
import { openTestDatabase } from '@/lib/testing/open-database'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { pruneAudit } from './prune'
import { sealAudit } from './seal'
import { verifyAudit } from './verify'

let db: Database
let close: () => Promise<void>

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
})
afterAll(() => close())

const params = { order_id: 'ORD-1', amount: 2400 }
type Ids = Record<'pending' | 'approved' | 'claimed' | 'rejected' | 'expired' | 'cancelled', string>

/** A project with an approval in each state. */
async function projectWithAll(): Promise<{ test: TestProject; ids: Ids }> {
  const test = await makeTestProject(db)
  const reviewer = await test.member('reviewer')
  const ask = async () => (await test.ask({ params })).id
  const [approved, claimed, rejected, expired, cancelled] = [
    await ask(),
    await ask(),
    await ask(),
    await ask(),
    await ask(),
  ]
  for (const id of [approved, claimed]) await decideApproval(reviewer, { id, decision: 'approve' })
  await claimApproval(test.agent, { id: claimed, tool: 'gated', params })
  await decideApproval(reviewer, { id: rejected, decision: 'reject', reason: 'No.' })
  await db.execute(
    sql`update approvals set expires_at = clock_timestamp() - interval '1 millisecond' where id = ${expired}`,
  )
  await expireApprovals(db, test.project.id)
  await cancelApproval(test.agent, { id: cancelled })
  const ids = { pending: await ask(), approved, claimed, rejected, expired, cancelled }
  await sealAudit(db)
  return { test, ids }
}

const verify = (test: TestProject) => verifyAudit(db, test.project.id)

/** What a hand with the rights of the tables' owner does. */
async function byForce(statement: SQL): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(sql`alter table audit_entries disable trigger user`)
    await tx.execute(statement)
    await tx.execute(sql`alter table audit_entries enable always trigger audit_entries_append_only`)
    await tx.execute(sql`alter table audit_entries enable always trigger audit_entries_no_truncate`)
  })
}

/** More of the same, as of the same moment, without entries. */
async function copy(id: string, count: number): Promise<void> {
  await db.execute(sql`
      with more as (
        insert into tool_calls select (jsonb_populate_record(c, jsonb_build_object('id', c.id || '_' || n, 'tool_call_id', 'n' || n, 'ask_key', null))).*
        from tool_calls c, generate_series(1, ${count}) n where c.id = (select call_id from approvals where id = ${id})
        returning id
      )
      insert into approvals select (jsonb_populate_record(a, jsonb_build_object('id', 'apr_' || more.id, 'call_id', more.id))).*
      from approvals a, more where a.id = ${id}`)
}

describe('every approval is compared with its entries', () => {
  it('and agrees in each state', async () => {
    const { test } = await projectWithAll()
    expect(await verify(test)).toMatchObject({
      ok: true,
      first_bad: null,
      approvals_checked: 6,
      mismatches: [],
    })
  })

  const set = (what: SQL, id: string) => sql`update approvals set ${what} where id = ${id}`
  const unclaim = sql`claimed_at = null, claimed_by = null`
  const claim = sql`claimed_at = clock_timestamp(), claimed_by = 'key_x'`
  it.each<[string, keyof Ids, string, (id: string) => SQL[]]>([
    [
      'a rejection that became an approval',
      'rejected',
      'status',
      (id) => [
        set(sql`status = 'approved'`, id),
        sql`update decisions set decision = 'approve' where approval_id = ${id}`,
      ],
    ],
    [
      'a request that was approved by hand',
      'pending',
      'entry_missing',
      (id) => [set(sql`status = 'approved', resolved_at = clock_timestamp()`, id)],
    ],
    [
      'an approval that is open again',
      'approved',
      'status',
      (id) => [set(sql`status = 'pending', resolved_at = null`, id)],
    ],
    ['an expiry that became a withdrawal', 'expired', 'status', (id) => [set(sql`status = 'cancelled'`, id)]],
    [
      'another reviewer',
      'approved',
      'reviewer',
      (id) => [sql`update decisions set reviewer_id = 'usr_x' where approval_id = ${id}`],
    ],
    [
      'another reason',
      'rejected',
      'reason',
      (id) => [sql`update decisions set reason = 'Yes.' where approval_id = ${id}`],
    ],
    [
      'a decision that is gone',
      'approved',
      'decision',
      (id) => [sql`delete from decisions where approval_id = ${id}`],
    ],
    ['an approval that can be used again', 'claimed', 'claim', (id) => [set(unclaim, id)]],
    ['a use that nobody made', 'approved', 'claim', (id) => [set(claim, id)]],
    [
      'other params',
      'approved',
      'params',
      (id) => [
        sql`update tool_calls set params = '{"order_id":"ORD-1","amount":99999}' where id = (select call_id from approvals where id = ${id})`,
      ],
    ],
    [
      'other params with their own digest',
      'approved',
      'digest',
      (id) => [
        sql`update tool_calls set params = '{}', digest = 'sha256:' || encode(sha256('{"params":{},"tool":"gated"}'), 'hex')
        where id = (select call_id from approvals where id = ${id})`,
      ],
    ],
    ['another tool', 'pending', 'params', (id) => [set(sql`tool = 'harmless'`, id)]],
  ])('finds %s', async (_, state, what, changes) => {
    const { test, ids } = await projectWithAll()
    for (const change of changes(ids[state])) await db.execute(change)
    const found = await verify(test)
    const summary = `${found.checked} entries, all sound. 1 approval is not what the log says.`
    expect(found).toMatchObject({ ok: false, first_bad: null, summary })
    expect(found.mismatches).toMatchObject([{ approval_id: ids[state], what }])
  })

  it('and agrees where a whole number was hashed as its double, as it once was', async () => {
    const { test, ids } = await projectWithAll()
    await db.execute(sql`
      update tool_calls set params = '{"wei":1000000000000000000000000}',
        digest = 'sha256:' || encode(sha256('{"params":{"wei":1e+24},"tool":"gated"}'), 'hex')
      where id = (select call_id from approvals where id = ${ids.pending})`)
    expect(await verify(test)).toMatchObject({ ok: true, mismatches: [] })
  })

  it('and agrees where a whole number is beyond every double', async () => {
    const { test } = await projectWithAll()
    await test.ask({ params: { n: BigInt('9'.repeat(309)) } })
    expect(await verify(test)).toMatchObject({ ok: true, mismatches: [] })
  })

  it('and is met once, however many there are', async () => {
    const { test, ids } = await projectWithAll()
    await copy(ids.pending, 450)
    expect(await verify(test)).toMatchObject({ ok: true, approvals_checked: 456 })
  })

  it('tells at most a hundred', async () => {
    const { test, ids } = await projectWithAll()
    await copy(ids.approved, 150)
    const found = await verify(test)
    expect(found.ok).toBe(false)
    expect(found.mismatches).toHaveLength(100)
    expect(found.mismatches[0]?.what).toBe('entry_missing')
  })

  it('and misses nothing that pruning took', async () => {
    const { test, ids } = await projectWithAll()
    await byForce(sql`
      update audit_entries set at = at - interval '300 days' where project_id = ${test.project.id} and seq <=
        (select seq from audit_entries where project_id = ${test.project.id} and target_id = ${ids.rejected})`)
    await db.execute(sql`update approvals set resolved_at = resolved_at - interval '300 days',
      claimed_at = claimed_at - interval '300 days' where id in (${ids.approved}, ${ids.claimed}, ${ids.rejected})`)
    await keepAuditFor(db, test.project.id, 200)
    const project = { ...test.project }
    expect(await db.transaction((tx) => pruneAudit(tx, project, 200))).toBeGreaterThan(3)
    expect((await verify(test)).mismatches).toEqual([])
    await db.execute(set(sql`status = 'cancelled'`, ids.expired))
    expect((await verify(test)).mismatches).toMatchObject([{ approval_id: ids.expired }])
  })
})

describe('entries that wait to be sealed', () => {
  it('are told of after a minute, and are no fault by themselves', async () => {
    const { test } = await projectWithAll()
    await test.ask({ params })
    await decideApproval(await test.member('reviewer'), {
      id: (await test.ask({ params })).id,
      decision: 'approve',
    })
    expect(await verify(test)).toMatchObject({ ok: true, unsealed: 0 })
    await byForce(sql`
      update audit_entries set at = at - interval '61 seconds' where project_id = ${test.project.id} and seq is null`)
    const { ok, unsealed } = await verify(test)
    expect([ok, unsealed > 0]).toEqual([true, true])
    await sealAudit(db)
    expect(await verify(test)).toMatchObject({ ok: true, unsealed: 0 })
  })
})

describe('the chain is compared with a head that was published', () => {
  it('which it goes through, does not, or has pruned', async () => {
    const { test } = await projectWithAll()
    const rows = await db.execute<{ seq: string; hash: string }>(sql`
      select seq, hash from audit_entries where project_id = ${test.project.id} order by seq`)
    const heads = rows.map(({ seq, hash }) => ({ seq: Number(seq), hash }))
    const [first, last] = [heads[0]!, heads.at(-1)!]
    const matching = await verifyAudit(db, test.project.id, [first, last])
    expect(matching).toMatchObject({ ok: true, heads: [{ seq: 1, matches: true }, { matches: true }] })
    for (const wrong of [
      { ...last, hash: first.hash },
      { ...last, seq: last.seq + 1 },
    ])
      expect(await verifyAudit(db, test.project.id, [wrong])).toMatchObject({
        ok: false,
        first_bad: null,
        summary: expect.stringContaining(`Head ${wrong.seq} is not that of the log.`) as string,
        heads: [{ seq: wrong.seq, matches: false }],
      })
  })

  it('also where somebody cut its end off, or sealed it anew', async () => {
    const { test } = await projectWithAll()
    const [head] = await db.execute<{ seq: string; hash: string }>(sql`
      select seq, hash from audit_entries where project_id = ${test.project.id} order by seq desc limit 1`)
    const published = { seq: Number(head?.seq), hash: head?.hash ?? '' }
    // The pending one's neighbour was cancelled last, so nothing but the chain tells of its entry.
    await byForce(sql`update audit_entries set seq = null, hash = null, prev_hash = null, version = null, salt = null,
      actor_commitment = null, target_commitment = null, detail_commitment = null, address_commitment = null, actor_label = 'Somebody else'
      where project_id = ${test.project.id} and seq = ${published.seq}`)
    await sealAudit(db)
    expect(await verify(test)).toMatchObject({ ok: true })
    expect(await verifyAudit(db, test.project.id, [published])).toMatchObject({
      ok: false,
      heads: [{ matches: false }],
    })
  })
})
