import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { listApprovals } from '@/db/queries/approval-list'
import { approvalEvents, approvals, decisions } from '@/db/schema/approvals'
import { auditEntries } from '@/db/schema/audit'
import { notices } from '@/db/schema/notices'
import { groupMembers, groups } from '@/db/schema/people'
import { deployAgent } from '@/lib/agents/deploy'
import type { Context, MemberActor } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { newId } from '@/lib/ids'
import { digestOf } from '@/lib/json/digest'
import { dispatchEvents } from '@/lib/outbox/dispatch'
import { fillSearch } from '@/lib/outbox/fill-search'
import { openTestDatabase } from '@/lib/testing/open-database'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { remindAtShare } from '@/lib/testing/remind-at-share'
import { editWords } from './edited'
import { askApproval } from './ask'
import { claimApproval } from './claim'
import { readContext } from './context/read'
import { countApprovalsVerb } from './count'
import { decideOnce } from './decide'
import { decideApprovals } from './decide-many'
import { readDigestsVerb } from './digests'
import { findDigests } from '@/db/queries/approval-digests'
import { readApproval, readApprovalsVerb } from './read'
import type { AskedApproval } from './schemas'

let db: Database
let close: () => Promise<void>
let test: TestProject
let ann: Context<MemberActor>
let ben: Context<MemberActor>

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase(60))
  test = await makeTestProject(db)
  ann = await test.member('reviewer')
  ben = await test.member('reviewer')
  const group = newId('group')
  await db.insert(groups).values({ id: group, projectId: test.project.id, slug: 'finance', name: 'Finance' })
  for (const { actor } of [ann, ben])
    await db.insert(groupMembers).values({ groupId: group, projectId: test.project.id, userId: actor.id })
  const config = `approval:
  tools:
    - refund: {when: param.amount > 1000, edit: [amount, /items/*/qty]}
    - refund: {when: param.amount > 5000, edit: true, reviewers: finance}
    - pay: {edit: true, reviewers: {from: finance, approvals: 2}}
    - alone: {edit: true, reviewers: finance, exclude: editor}
    - fixed: {reason: required}
    - plain
`
  await deployAgent(await test.member('admin'), { name: 'editor', config })
})
afterAll(() => close())

const order = { order_id: 'o_77', amount: 2400, currency: 'EUR', items: [{ qty: 2 }] }

async function ask(tool = 'refund', params: Record<string, unknown> = order, more: object = {}) {
  const source = { params: JSON.stringify(params) }
  const asked = await askApproval(test.agent, { agent: 'editor', tool, params, source, ...more })
  return asked.answer as AskedApproval
}

const edit = (
  approval: { id: string; digest: string },
  params: Record<string, unknown>,
  by = ann,
  more = {},
) => decideOnce(by, { id: approval.id, decision: 'approve', params, digest: approval.digest, ...more })

async function refusal(work: Promise<unknown>): Promise<AppError> {
  try {
    await work
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

/** Of the approval that a refusal carries. */
const digestIn = ({ members }: AppError) => (members?.approval as { digest: string } | undefined)?.digest

const entriesOf = async (id: string) => {
  const rows = await db
    .select()
    .from(auditEntries)
    .where(eq(auditEntries.targetId, id))
    .orderBy(auditEntries.ordinal)
  return rows.map(({ action, detail }) => ({
    action,
    detail: JSON.parse(detail ?? '{}') as Record<string, unknown>,
  }))
}

it('an edited call is found by what it was asked with and by what it became', async () => {
  const params = { shop: 'before-7311', to: 'one' }
  const asked = await ask('pay', params)
  const found = async (q: string) => {
    const { items } = await listApprovals(
      db,
      test.project.id,
      { limit: 10, q },
      { params: 'none', context: false },
    )
    return items.map(({ id }) => id)
  }
  const index = async () => {
    await dispatchEvents(db)
    await fillSearch(db)
  }
  await index()
  expect(await found('after-9902')).toEqual([])
  await edit(asked, { ...params, shop: 'after-9902' })
  await index()
  expect(await db.execute(sql`select from approval_search_queue`)).toEqual([])
  expect(await found('after-9902')).toEqual([asked.id])
  expect(await found('before-7311')).toEqual([asked.id])
  // one that is edited before it was ever indexed
  const other = await ask('pay', { ...params, shop: 'early-1' })
  await edit(other, { ...params, shop: 'late-5150' })
  await index()
  expect(await found('late-5150')).toEqual([other.id])
})

describe('an edit is refused', () => {
  it.each<[name: string, tool: string, params: object, code: string, more: object]>([
    [
      'where the policy names another place',
      'refund',
      { ...order, currency: 'USD' },
      'edit_not_allowed',
      {
        allowed: ['/amount', '/items/*/qty'],
      },
    ],
    [
      'where the policy lets nobody edit',
      'fixed',
      { ...order, amount: 1 },
      'edit_not_allowed',
      { allowed: [] },
    ],
    ['where the policy says nothing', 'plain', { ...order, amount: 1 }, 'edit_not_allowed', { allowed: [] }],
    ['where nothing is changed', 'refund', order, 'edit_unchanged', {}],
    ['in another form', 'refund', { ...order, amount: '1200' }, 'invalid_input', {}],
    ['as a decimal', 'refund', { ...order, amount: 1200.5 }, 'invalid_input', {}],
    [
      'where another rule fires',
      'refund',
      { ...order, amount: 6000 },
      'edit_needs_other_rule',
      { rule: { tool: 'refund', condition: 'param.amount > 5000' } },
    ],
  ])('%s', async (_name, tool, params, code, members) => {
    const asked = await ask(tool)
    const error = await refusal(edit(asked, params as Record<string, unknown>, ann, { reason: 'x' }))
    expect(error.code).toBe(code)
    expect(error.members ?? {}).toEqual(members)
    if (code === 'invalid_input') expect(error.errors?.[0]?.pointer).toBe('/params/amount')
    const now = await readApproval(ann, asked.id)
    expect([now.status, now.digest, now.edited]).toEqual(['pending', asked.digest, null])
    expect((await entriesOf(asked.id)).filter(({ action }) => action === 'approval.edited')).toEqual([])
  })

  it('for whoever may not decide, and late', async () => {
    const asked = await ask('pay')
    const outsider = await test.member('reviewer')
    expect((await refusal(edit(asked, { ...order, amount: 1 }, outsider))).code).toBe('not_a_reviewer')
    const viewer = await test.member('viewer')
    expect((await refusal(edit(asked, { ...order, amount: 1 }, viewer))).code).toBe('forbidden')
    const key = test.agent as unknown as Context<MemberActor>
    expect((await refusal(edit(asked, { ...order, amount: 1 }, key))).code).toBe('agent_key_cannot_decide')
    const other = await (await makeTestProject(db)).member('owner')
    expect((await refusal(edit(asked, { ...order, amount: 1 }, other))).code).toBe('not_found')
    await db
      .update(approvals)
      .set({ expiresAt: sql`clock_timestamp() - interval '1 millisecond'` })
      .where(eq(approvals.id, asked.id))
    expect((await refusal(edit(asked, { ...order, amount: 1 }))).code).toBe('expired')
    const [row] = await db.select().from(approvals).where(eq(approvals.id, asked.id))
    expect(row?.editedDigest).toBeNull()
  })
})

describe('an edit by whoever decides alone', () => {
  it('is what runs, and nothing else does', async () => {
    const asked = await ask()
    expect(asked.editable).toEqual({ places: ['/amount', '/items/*/qty'], schema: null })
    const params = { ...order, amount: 1200 }
    const reason = 'Half: the second parcel arrived.'
    const { approval } = await edit(asked, params, ann, { reason })
    const digest = digestOf('refund', params)
    expect(approval).toMatchObject({
      status: 'approved',
      params,
      digest,
      editable: null,
      decision: { decision: 'approve', reason, reviewer: { id: ann.actor.id } },
      edited: {
        requested_params: order,
        requested_digest: asked.digest,
        by: { id: ann.actor.id, email: ann.actor.email },
        reason,
        changes: [{ pointer: '/amount', from: 2400, to: 1200 }],
      },
    })
    const who = ann.actor.name ?? ann.actor.email
    expect(approval.next).toEqual({
      action: 'execute',
      message: `${who} changed /amount from 2400 to 1200 and approved. Run refund with exactly the params of this answer. Do not send the original call again. Reason: ${reason}`,
    })
    const original = await refusal(claimApproval(test.agent, { id: asked.id, tool: 'refund', params: order }))
    expect(original.code).toBe('params_mismatch')
    expect(original.members?.approval).toMatchObject({ digest })
    const claimed = await claimApproval(test.agent, { id: asked.id, tool: 'refund', params })
    expect(claimed.approval).toMatchObject({ params, edited: { requested_digest: asked.digest } })
    const entries = await entriesOf(asked.id)
    expect(entries.map(({ action }) => action)).toEqual([
      'approval.edited',
      'approval.approved',
      'approval.claim_refused',
      'approval.claimed',
    ])
    expect(entries[0]?.detail).toMatchObject({
      requested_digest: asked.digest,
      digest,
      changes: [{ pointer: '/amount', from: 2400, to: 1200 }],
      reason,
    })
    expect(entries[1]?.detail).toMatchObject({ digest, requested_digest: asked.digest, params })
    const events = await db.select().from(approvalEvents).where(eq(approvalEvents.approvalId, asked.id))
    expect(events.map(({ type }) => type)).toContain('edited')
  })

  it('marks a call that is asked for again as it was before a person changed it', async () => {
    const call = { ...order, order_id: 'o_99' }
    const asked = await ask('refund', call)
    const params = { ...call, amount: 1300 }
    await edit(asked, params)
    const cuesOf = async ({ id }: AskedApproval) =>
      (await readContext(ann, id)).cues.filter(({ kind }) => kind === 'repeats')
    expect(await cuesOf(await ask('refund', params))).toEqual([])
    const again = await ask('refund', call)
    expect(again).toMatchObject({ status: 'pending', digest: asked.digest, params: call, edited: null })
    expect(again.id).not.toBe(asked.id)
    expect(await cuesOf(again)).toEqual([
      {
        kind: 'repeats',
        text: `The same call was asked for before; it was changed, and approved by ${ann.actor.name ?? ann.actor.email}`,
        param: null,
        approval_id: asked.id,
        at: expect.any(String),
      },
    ])
  })

  it('answers the same edit again, and the agent that asks again, with what is in force', async () => {
    const asked = await ask('refund', order, { tool_call_id: 'again' })
    const params = { ...order, amount: 1200 }
    expect((await edit(asked, params)).isReplay).toBe(false)
    const again = await edit(asked, params)
    expect([again.isReplay, again.approval.status]).toEqual([true, 'approved'])
    const replay = await ask('refund', order, {
      run_id: asked.run_id,
      agent: undefined,
      tool_call_id: 'again',
    })
    expect(replay).toMatchObject({
      id: asked.id,
      params,
      replayed: true,
      edited: { requested_params: order },
    })
  })

  it('keeps numbers as they are spelled, and follows the schema of the call', async () => {
    const schema = {
      type: 'object',
      properties: { amount: { type: 'number', maximum: 3000 } },
      additionalProperties: true,
    }
    const asked = await ask('refund', order, { params_schema: schema })
    expect(asked.editable?.schema).toEqual(schema)
    const above = await refusal(edit(asked, { ...order, amount: 3001 }))
    expect([above.code, above.errors?.[0]?.pointer]).toEqual(['invalid_input', '/params/amount'])
    const text = JSON.stringify({ ...order, amount: 1200 }).replace('1200', '1.2005e3')
    const { approval } = await edit(asked, { ...order, amount: 1200.5 }, ann, { source: { params: text } })
    expect(approval.params.amount).toBe(1200.5)
    const [row] = await db.select().from(approvals).where(eq(approvals.id, asked.id))
    expect(row?.editedParams).toBe(text)
  })

  it('refuses a schema by which it could not be checked', async () => {
    const bad = { type: 'object', properties: { a: { pattern: '(a+)+$' } } }
    const error = await refusal(ask('refund', order, { params_schema: bad }))
    expect([error.code, error.errors?.[0]?.pointer]).toEqual([
      'invalid_schema',
      '/params_schema/properties/a/pattern',
    ])
    const long = { type: 'object', description: 'x'.repeat(33_000) }
    expect((await refusal(ask('refund', order, { params_schema: long }))).code).toBe('invalid_schema')
  })

  it('is taken in bulk too, each for itself', async () => {
    const [one, other] = [await ask(), await ask()]
    const { results } = await decideApprovals(ann, {
      items: [
        { id: one.id, decision: 'approve', digest: one.digest, params: { ...order, amount: 1500 } },
        { id: other.id, decision: 'approve', digest: other.digest, params: { ...order, currency: 'USD' } },
      ],
    })
    expect(results.map(({ status }) => status)).toEqual([201, 422])
    expect(results[0]).toMatchObject({ approval: { params: { amount: 1500 } } })
  })
})

describe('an edit where several decide', () => {
  it('takes the place of votes before it, and counts as its maker’s own', async () => {
    const asked = await ask('pay')
    await decideOnce(ben, { id: asked.id, decision: 'approve' })
    const params = { ...order, amount: 1200 }
    const { approval } = await edit(asked, params)
    expect(approval).toMatchObject({ status: 'pending', params, progress: { text: '1 of 2 from finance' } })
    expect(approval.reviews.map(({ counts, why_not }) => [counts, why_not])).toEqual([
      [false, 'was given on other params'],
      [true, null],
    ])
    const stale = await refusal(decideOnce(ben, { id: asked.id, decision: 'approve', digest: asked.digest }))
    expect([stale.code, digestIn(stale)]).toEqual(['digest_mismatch', approval.digest])
    const repeated = await edit(asked, params)
    expect([repeated.isReplay, repeated.approval.status]).toEqual([true, 'pending'])
    expect(await db.$count(decisions, eq(decisions.approvalId, asked.id))).toBe(2)
    const done = await decideOnce(ben, { id: asked.id, decision: 'approve', digest: approval.digest })
    expect(done.approval).toMatchObject({ status: 'approved', params, edited: { by: { id: ann.actor.id } } })
    expect(done.approval.next.message).toContain('; it was approved so. Run pay with exactly the params')
  })

  it('counts not at all where the policy excludes who edited', async () => {
    const asked = await ask('alone')
    const { approval } = await edit(asked, { ...order, amount: 1 })
    expect(approval.status).toBe('pending')
    const own = await refusal(decideOnce(ann, { id: asked.id, decision: 'approve' }))
    expect([own.code, own.members]).toEqual(['excluded', { because: 'editor' }])
    expect((await decideOnce(ben, { id: asked.id, decision: 'approve' })).approval.status).toBe('approved')
  })

  it('counts for nobody who changed what is in force, whoever changed it last, and names them all', async () => {
    const asked = await ask('alone')
    const { approval: first } = await edit(asked, { ...order, amount: 1 })
    const { approval } = await edit(first, { ...order, amount: 1, currency: 'USD' }, ben)
    for (const by of [ann, ben]) {
      const own = await refusal(decideOnce(by, { id: asked.id, decision: 'approve' }))
      expect([own.code, own.members]).toEqual(['excluded', { because: 'editor' }])
      const { items } = await readApprovalsVerb(by, { limit: 50, mine: 'true' })
      expect(items.map(({ id }) => id)).not.toContain(asked.id)
      expect((await countApprovalsVerb(by, { mine: 'true' })).matching).toBe(items.length)
    }
    await remindAtShare(db, asked.id, 0.51)
    const told = await db.select().from(notices).where(eq(notices.subjectId, asked.id))
    expect(told.map(({ kind }) => kind)).toEqual(['edited'])
    expect(approval.edited?.by.id).toBe(ben.actor.id)
    expect(approval.edited?.editors.map(({ id }) => id)).toEqual([ann.actor.id, ben.actor.id])
    expect(editWords(approval.edited!)).toMatch(
      /^\S+ and \S+ changed \/amount from 2400 to 1, changed \/currency/,
    )
    const edits = (await entriesOf(asked.id)).filter(({ action }) => action === 'approval.edited')
    expect(edits.map(({ detail }) => detail.changes)).toEqual([
      [{ pointer: '/amount', from: 2400, to: 1 }],
      [{ pointer: '/currency', from: 'EUR', to: 'USD' }],
    ])
  })

  it('back to what was requested, or to what is in force, is none', async () => {
    const asked = await ask('pay')
    const { approval } = await edit(asked, { ...order, amount: 5 })
    expect((await refusal(edit(approval, order))).code).toBe('edit_unchanged')
    expect((await refusal(edit(approval, { ...order, amount: 5 }, ben))).code).toBe('edit_unchanged')
  })
})

it('of an edit and an approval at once one wins, and only its params can be claimed, 100 times', async () => {
  const seen = { edited: 0, asAsked: 0 }
  const race = async (at: number) => {
    const params = { ...order, order_id: `race-${at}` }
    const changed = { ...params, amount: 1100 + at }
    const asked = await ask('refund', params)
    const approve = () => decideOnce(ben, { id: asked.id, decision: 'approve', digest: asked.digest })
    const tries = at % 2 === 0 ? [edit(asked, changed), approve()] : [approve(), edit(asked, changed)]
    const ends = await Promise.allSettled(tries)
    const won = ends.filter((end) => end.status === 'fulfilled')
    const lost = ends.filter((end) => end.status === 'rejected').map(({ reason }) => reason as AppError)
    expect(lost.map((error) => error.code ?? error)).toEqual(['already_decided'])
    const now = await readApproval(ann, asked.id)
    expect(won.map(({ value }) => value.approval.digest)).toEqual([now.digest])
    expect(lost[0] && digestIn(lost[0])).toBe(now.digest)
    const claims = await Promise.allSettled(
      [params, changed].map((one) =>
        claimApproval(test.agent, { id: asked.id, tool: 'refund', params: one }),
      ),
    )
    const claimed = claims.filter((claim) => claim.status === 'fulfilled')
    expect(claimed.map(({ value }) => value.approval.digest)).toEqual([now.digest])
    expect(await db.$count(decisions, eq(decisions.approvalId, asked.id))).toBe(1)
    seen[now.edited === null ? 'asAsked' : 'edited']++
  }
  for (let at = 0; at < 100; at += 2) await Promise.all([race(at), race(at + 1)])
  // each of them comes first often enough
  expect(Math.min(seen.edited, seen.asAsked)).toBeGreaterThan(5)
}, 120_000)

it('leaves no trace where its audit entry fails', async () => {
  const asked = await ask('pay')
  await db.execute(sql`create or replace function refuse_edits() returns trigger language plpgsql as $$
    begin if new.action = 'approval.edited' then raise 'no audit'; end if; return new; end $$`)
  await db.execute(
    sql`create trigger refuse_edits before insert on audit_entries for each row execute function refuse_edits()`,
  )
  try {
    await expect(edit(asked, { ...order, amount: 7 })).rejects.toThrow()
  } finally {
    await db.execute(sql`drop trigger refuse_edits on audit_entries`)
  }
  const [row] = await db.select().from(approvals).where(eq(approvals.id, asked.id))
  expect([row?.status, row?.editedParams, row?.editedDigest]).toEqual(['pending', null, null])
  expect(await db.$count(decisions, eq(decisions.approvalId, asked.id))).toBe(0)
})

it('tells those whose votes an edit made void, and nobody else', async () => {
  const asked = await ask('pay')
  await decideOnce(ben, { id: asked.id, decision: 'approve' })
  await edit(asked, { ...order, amount: 1 })
  const told = await db
    .select({ userId: notices.userId, kind: notices.kind })
    .from(notices)
    .where(eq(notices.subjectId, asked.id))
  expect(told).toEqual([{ userId: ben.actor.id, kind: 'edited' }])
})

it('what was read by its digest is decided as it was: no edit since and nothing that came later', async () => {
  const [same, changed, gone] = [await ask('pay'), await ask('pay'), await ask('pay')]
  const frozen = await readDigestsVerb(ben, { tool: 'pay', run_id: undefined })
  const ours = frozen.items.filter(({ id }) => [same.id, changed.id, gone.id].includes(id))
  expect(frozen.is_whole).toBe(true)
  expect(ours.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual(
    [same, changed, gone].map(({ id, digest }) => ({ id, tool: 'pay', digest })),
  )
  await edit(changed, { ...order, amount: 99 })
  await decideApprovals(ann, { items: [{ id: gone.id, decision: 'reject' }] })
  const late = await ask('pay')
  const { results } = await decideApprovals(ben, {
    items: ours.map(({ id, digest }) => ({ id, digest, decision: 'reject' as const })),
  })
  const codes = new Map(
    results.map((one) => [one.id, 'problem' in one ? one.problem.code : one.approval.status]),
  )
  expect([same, changed, gone].map(({ id }) => codes.get(id))).toEqual([
    'rejected',
    'digest_mismatch',
    'already_decided',
  ])
  for (const { id } of [changed, late]) expect((await readApproval(ann, id)).status).toBe('pending')
  const now = (await readDigestsVerb(ben, {})).items
  expect(now.find(({ id }) => id === changed.id)?.digest).toBe(digestOf('pay', { ...order, amount: 99 }))
  expect(now.map(({ id }) => id)).toContain(late.id)
  // of what was not looked at nothing is known, however few of the rest fit
  expect(now.length).toBeGreaterThan(2)
  expect(await findDigests(db, ben.project.id, { q: 'nothing like this' }, now.length - 1)).toEqual({
    items: [],
    isWhole: false,
  })
  expect(await findDigests(db, ben.project.id, { q: 'nothing like this' }, now.length)).toEqual({
    items: [],
    isWhole: true,
  })
  const other = await makeTestProject(db)
  expect((await readDigestsVerb(other.agent, {})).items).toEqual([])
})
