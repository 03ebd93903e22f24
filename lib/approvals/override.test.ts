import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { decisions } from '@/db/schema/approvals'
import { notices } from '@/db/schema/notices'
import { deployAgent } from '@/lib/agents/deploy'
import { sealAudit } from '@/lib/audit/seal'
import { verifyAudit } from '@/lib/audit/verify'
import type { Context, MemberActor } from '@/lib/context'
import type { AppError } from '@/lib/errors'
import { updateProject } from '@/lib/members/update-project'
import { pauseAgent } from '@/lib/pause/pause'
import { codeOf } from '@/lib/testing/code-of'
import { openTestDatabase } from '@/lib/testing/open-database'
import { auditOf } from '@/lib/testing/person'
import { makeTestProject, signedIn, type TestProject } from '@/lib/testing/project'
import { askApproval } from './ask'
import { claimApproval } from './claim'
import { decideApproval } from './decide'
import { readApproval } from './read'
import { readTimelineVerb } from './timeline'

let db: Database
let close: () => Promise<void>
let test: TestProject
let owner: Context<MemberActor>
let admin: Context<MemberActor>

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
})
afterAll(() => close())
beforeEach(async () => {
  test = await makeTestProject(db)
  owner = await signedIn(await test.member('owner'))
  admin = await signedIn(await test.member('admin'))
  await deployAgent(test.agent, {
    name: 'tester',
    config:
      'approval:\n  tools: [gated]\n  reviewers:\n    all_of:\n      - { from: role:owner, approvals: 2 }\n',
  })
  await updateProject(owner, { break_glass: true })
})

const reason = 'The database is on fire and nobody else is awake.'
const glass = (ctx: Context<MemberActor>, id: string, more: object = {}) =>
  decideApproval(ctx, { id, decision: 'approve', override: { reason }, ...more })

describe('break-glass', () => {
  it('approves against what the policy demands, is marked everywhere and told at once', async () => {
    const { id, params } = await test.ask()
    expect((await decideApproval(owner, { id, decision: 'approve' })).status).toBe('pending')
    const approval = await glass(admin, id)
    expect(approval).toMatchObject({
      status: 'approved',
      decision: { decision: 'approve', reason, override: { reason }, reviewer: { id: admin.actor.id } },
    })
    const { progress, reviews } = approval
    expect(progress).toMatchObject({ text: '1 of 2 from the owners', rules: [{ met: false }] })
    expect(reviews.map(({ counts, why_not }) => [counts, why_not])).toEqual([
      [true, null],
      [false, 'was given by break-glass'],
    ])
    expect(await readApproval(owner, id)).toMatchObject({ progress, reviews })
    const { items } = await readTimelineVerb(owner, { id })
    expect(items.filter(({ detail }) => detail.override).map(({ type }) => type)).toEqual(['approved'])
    expect((await claimApproval(test.agent, { id, tool: 'gated', params })).approval).toMatchObject({
      decision: { override: { reason } },
    })
    const rows = await db.select().from(decisions).where(eq(decisions.approvalId, id))
    expect(rows.map(({ isFinal, isOverride }) => [isFinal, isOverride])).toEqual(
      expect.arrayContaining([
        [false, false],
        [true, true],
      ]),
    )
    expect(await auditOf(db, test.project.id, 'approval.overridden')).toMatchObject([
      { actor: admin.actor.id, target: id, detail: { reason, requirement: { rules: [{ tool: 'gated' }] } } },
    ])
    const told = await db.select().from(notices).where(eq(notices.subjectId, id))
    expect(
      told
        .filter(({ kind }) => kind === 'override')
        .map(({ userId }) => userId)
        .toSorted(),
    ).toEqual([owner.actor.id, admin.actor.id].toSorted())
    const jobs = await db.execute<{ key: string }>(
      sql`select key from graphile_worker.jobs where key like 'words:%'`,
    )
    expect(jobs.length).toBeGreaterThan(0)
    await sealAudit(db)
    expect(await verifyAudit(db, test.project.id)).toMatchObject({ ok: true, mismatches: [] })
  })

  it('is for owners and admins in a browser, not on their own request, where it is switched on', async () => {
    const { id } = await test.ask()
    expect(await codeOf(glass(await test.member('admin'), id))).toBe('forbidden')
    expect(await codeOf(glass(await signedIn(await test.member('reviewer')), id))).toBe('forbidden')
    expect(await codeOf(decideApproval(test.agent, { id, decision: 'approve', override: { reason } }))).toBe(
      'agent_key_cannot_decide',
    )
    await db.execute(
      sql`update runs set initiator = ${admin.actor.email} where project_id = ${test.project.id}`,
    )
    expect(await codeOf(glass(admin, id))).toBe('own_request')
    await updateProject(owner, { allow_own_request: true })
    expect(await codeOf(glass(admin, id))).toBe('own_request')
    expect(await codeOf(glass(owner, id, { digest: 'sha256:other' }))).toBe('digest_mismatch')
    await pauseAgent(owner, { name: 'tester', reason: 'Stop.' })
    expect(await codeOf(glass(owner, id))).toBe('agent_paused')
    expect(await codeOf(updateProject(admin, { break_glass: false }))).toBe('forbidden')
    await updateProject(owner, { break_glass: false })
    expect(await codeOf(glass(owner, id))).toBe('forbidden')
  })
})

describe('justification: required', () => {
  const ask = (more: object) =>
    askApproval(test.agent, { agent: 'tester', tool: 'gated', params: {}, source: { params: '{}' }, ...more })

  it('holds no call that does not say why, and asks nothing of calls that are free', async () => {
    await deployAgent(test.agent, {
      name: 'tester',
      config: 'approval:\n  tools:\n    - gated: { justification: required }\n    - other\n',
    })
    const refusal = await ask({}).catch((error: unknown) => error as AppError)
    expect(refusal).toMatchObject({ code: 'justification_required', errors: [{ pointer: '/description' }] })
    expect(await codeOf(ask({ description: '  ' }))).toBe('justification_required')
    expect((await ask({ description: 'The customer waits.' })).answer).toMatchObject({
      required: true,
      description: 'The customer waits.',
    })
    expect((await ask({ tool: 'harmless' })).answer.required).toBe(false)
    expect((await ask({ tool: 'other' })).answer.required).toBe(true)
  })
})
