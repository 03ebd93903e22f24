import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sessions } from '@/db/schema/identity'
import { startSession } from '@/lib/members/session'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Answer, type Rest } from '@/lib/testing/rest'

let rest: Rest
let test: TestProject
let admin: Awaited<ReturnType<TestProject['member']>>

beforeAll(async () => {
  rest = await startRest({ TRUSTED_PROXIES: '127.0.0.0/8' })
  test = await makeTestProject(rest.db)
  admin = await test.member('admin')
})
afterAll(() => rest.close())

/** What a proxy that is trusted says of a caller, behind what the caller made up. */
const caller = { 'X-Forwarded-For': '198.51.100.66, 203.0.113.9' }

async function entryOf(target: string, action: string) {
  const path = `/api/audit?target=${target}&action=${action}`
  const { body } = await rest.call('GET', path, { token: admin.token })
  expect(body.items).toHaveLength(1)
  return body.items?.[0] ?? {}
}

const originOf = (answer: Answer, credential: string) => ({
  credential_id: credential,
  request_id: answer.headers.get('x-request-id'),
  address: '203.0.113.9',
})

const decide = (id: string, token: string) =>
  rest.call('POST', `/api/approvals/${id}/decisions`, {
    token,
    headers: caller,
    body: { decision: 'approve' },
  })

const claim = (id: string, params: unknown) =>
  rest.call('POST', `/api/approvals/${id}/claim`, {
    token: test.agent.token,
    headers: caller,
    body: { tool: 'gated', params },
  })

describe('an entry names credential, request and address', () => {
  it('of a decision by a personal token and of a claim, both in one statement', async () => {
    const reviewer = await test.member('reviewer')
    const { id, params } = await test.ask()
    const decided = await decide(id, reviewer.token)
    expect(await entryOf(id, 'approval.approved')).toMatchObject(
      originOf(decided, reviewer.actor.keyId ?? ''),
    )
    const claimed = await claim(id, params)
    expect(claimed.status).toBe(200)
    expect(await entryOf(id, 'approval.claimed')).toMatchObject(originOf(claimed, test.agent.actor.id))
    const again = await claim(id, params)
    expect(await entryOf(id, 'approval.claim_refused')).toMatchObject(originOf(again, test.agent.actor.id))
  })

  it('of a decision by a browser session, whose token and hash stand nowhere', async () => {
    const { id } = await test.ask()
    const reviewer = await test.member('reviewer')
    const session = await startSession(rest.db, reviewer.actor.id)
    const answer = await rest.call('POST', `/api/approvals/${id}/decisions?project=${test.project.slug}`, {
      headers: {
        ...caller,
        Origin: 'http://localhost:3000',
        Cookie: `next-auth.session-token=${session.token}`,
      },
      body: { decision: 'reject' },
    })
    expect(answer.status).toBe(201)
    const [row] = await rest.db.select().from(sessions).where(eq(sessions.userId, reviewer.actor.id))
    expect(row?.id).toMatch(/^ses_[0-9a-f]{26}$/)
    const entry = await entryOf(id, 'approval.rejected')
    expect(entry).toMatchObject(originOf(answer, row?.id ?? ''))
    expect(JSON.stringify(entry)).not.toContain(row?.sessionToken)
  })

  it('of a change of settings', async () => {
    const answer = await rest.call('POST', '/api/keys', {
      token: admin.token,
      headers: caller,
      body: { kind: 'agent', name: 'Made', scopes: ['read'] },
    })
    expect(answer.status).toBe(201)
    expect(await entryOf(String(answer.body.id), 'key.created')).toMatchObject(
      originOf(answer, admin.actor.keyId ?? ''),
    )
  })

  it('of nobody where Holdpoint itself acts, by whatever request it came to it', async () => {
    const { id } = await test.ask()
    await rest.db.execute(
      sql`update approvals set expires_at = clock_timestamp() - interval '1 second' where id = ${id}`,
    )
    await rest.call('GET', `/api/approvals/${id}`, { token: test.agent.token, headers: caller })
    expect(await entryOf(id, 'approval.expired')).toMatchObject({
      credential_id: null,
      request_id: null,
      address: null,
    })
  })
})

describe('the chain', () => {
  it('holds over entries with and without these members, and a changed one shows', async () => {
    const verify = () => rest.call('GET', '/api/audit/verify', { token: admin.token })
    expect((await verify()).body).toMatchObject({ ok: true })
    const made = () =>
      entryOf(test.agent.actor.id, 'key.created') as Promise<{ id: string; seq: number | null }>
    // What is not sealed yet would be sealed as it is changed.
    await expect.poll(async () => (await made()).seq).not.toBeNull()
    const { id } = await made()
    const change = sql`update audit_entries set address = '192.0.2.1' where id = ${id}`
    const refused = await rest.db.execute(change).then(
      () => null,
      (error: { cause?: Error }) => error.cause?.message,
    )
    expect(refused).toContain('append-only')
    await rest.db.execute(sql`alter table audit_entries disable trigger all`)
    await rest.db.execute(change)
    expect((await verify()).body).toMatchObject({ ok: false })
  })
})
