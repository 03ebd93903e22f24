import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { approvals } from '@/db/schema/approvals'
import { auditEntries } from '@/db/schema/audit'
import { mails } from '@/db/schema/notices'
import { startSession } from '@/lib/members/session'
import { setNoticePreferences } from '@/lib/notices/preferences'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Rest } from '@/lib/testing/rest'

let rest: Rest
let test: TestProject
beforeAll(async () => {
  rest = await startRest()
  test = await makeTestProject(rest.db)
})
afterAll(() => rest.close())

type Line = {
  id: string
  kind: string
  approval: { id: string; status: string } | null
  read_at: string | null
  cleared_at: string | null
}
type List = { items: Line[]; unread: number; pending: number; next_cursor: string | null }

async function listOf(token: string, query = ''): Promise<List> {
  const { status, body } = await rest.call('GET', `/api/notices${query}`, { token })
  expect(status).toBe(200)
  return body as unknown as List
}

/** Reads until what the background writes is there; the list and the count are read one beside the other. */
async function listUntil(token: string, isRight: (list: List) => boolean): Promise<List> {
  for (;;) {
    const list = await listOf(token)
    const unread = list.items.filter(({ read_at, cleared_at }) => read_at === null && cleared_at === null)
    if (unread.length === list.unread && isRight(list)) return list
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

describe('the bell', () => {
  it('shows a request within seconds, then what became of it', async () => {
    const own = await makeTestProject(rest.db)
    const reviewer = await own.member('reviewer')
    const { id } = await own.ask()
    const list = await listUntil(reviewer.token, ({ items }) => items.length === 1)
    expect(list).toMatchObject({
      unread: 1,
      pending: 1,
      next_cursor: null,
      items: [
        {
          kind: 'requested',
          text: null,
          approval: { id, status: 'pending', agent: 'tester', tool: 'gated' },
          read_at: null,
          cleared_at: null,
          url: `http://localhost:3000/${own.project.slug}/approvals?approval=${id}`,
        },
      ],
    })
    const body = { decision: 'approve' }
    const decided = await rest.call('POST', `/api/approvals/${id}/decisions`, { token: reviewer.token, body })
    expect(decided.status).toBe(201)
    const isCleared = ({ unread, items }: List) => unread === 0 && items[0]?.cleared_at !== null
    const after = await listUntil(reviewer.token, isCleared)
    expect(after.items).toMatchObject([
      { approval: { status: 'approved' }, cleared_at: expect.any(String) as string },
    ])
  })

  it('is marked as read one by one or as a whole, each member for themselves', async () => {
    const [mine, theirs] = [await test.member('reviewer'), await test.member('reviewer')]
    for (let i = 0; i < 3; i++) await test.ask()
    const { items } = await listUntil(mine.token, ({ unread }) => unread === 3)
    await listUntil(theirs.token, ({ unread }) => unread === 3)
    const read = (token: string, body: object) => rest.call('POST', '/api/notices/read', { token, body })
    expect((await read(mine.token, { ids: [items[0]?.id] })).body).toEqual({ marked: 1, unread: 2 })
    expect((await read(theirs.token, { ids: [items[0]?.id] })).body).toEqual({ marked: 0, unread: 3 })
    expect((await read(mine.token, {})).body).toEqual({ marked: 2, unread: 0 })
    expect((await listOf(mine.token)).items.every((item) => item.read_at !== null)).toBe(true)
    expect((await listOf(theirs.token)).unread).toBe(3)
  })

  it('is read by pages, newest first, with a cursor that is nobody else’s', async () => {
    const [mine, theirs] = [await test.member('reviewer'), await test.member('reviewer')]
    for (let i = 0; i < 5; i++) await test.ask()
    const all = await listUntil(mine.token, ({ unread }) => unread === 5)
    const first = await listOf(mine.token, '?limit=2')
    const second = await listOf(mine.token, `?limit=3&cursor=${first.next_cursor}`)
    expect([...first.items, ...second.items].map((item) => item.id)).toEqual(all.items.map((item) => item.id))
    expect(second.next_cursor).toBeNull()
    const stolen = await rest.call('GET', `/api/notices?cursor=${first.next_cursor}`, { token: theirs.token })
    expect([stolen.status, stolen.body.code]).toEqual([400, 'invalid_cursor'])
  })

  it('is for members: not for keys, not for strangers, not for another project', async () => {
    const stranger = await (await makeTestProject(rest.db)).member('owner')
    expect((await rest.call('GET', '/api/notices', { token: test.agent.token })).status).toBe(403)
    expect((await rest.call('POST', '/api/notices/read', { token: test.agent.token, body: {} })).status).toBe(
      403,
    )
    expect((await rest.call('GET', '/api/notices')).status).toBe(401)
    expect(await listOf(stranger.token)).toEqual({ items: [], unread: 0, pending: 0, next_cursor: null })
    const unknown = await rest.call('POST', '/api/notices/read', {
      token: stranger.token,
      body: { approved: true },
    })
    expect([unknown.status, unknown.body.code]).toEqual([422, 'unknown_field'])
    expect((await rest.call('DELETE', '/api/notices', { token: stranger.token })).headers.get('allow')).toBe(
      'GET',
    )
  })
})

describe('preferences', () => {
  const input = { email: true, in_app: true, agents: [], tools: [], muted_until: null }

  it('are one’s own, kept as chosen, and not audited', async () => {
    const [mine, theirs] = [await test.member('viewer'), await test.member('reviewer')]
    const before = await rest.db.select({ n: sql<number>`count(*)::int` }).from(auditEntries)
    const chosen = {
      ...input,
      email: false,
      agents: ['a*', 'a*', 'b'],
      muted_until: '2999-01-01T01:00:00+01:00',
    }
    const kept = { ...chosen, agents: ['a*', 'b'], muted_until: '2999-01-01T00:00:00.000Z' }
    expect(await setNoticePreferences(mine, chosen)).toEqual(kept)
    expect(await setNoticePreferences(theirs, input)).toEqual(input)
    expect(await setNoticePreferences(mine, input)).toEqual(input)
    expect(await rest.db.select({ n: sql<number>`count(*)::int` }).from(auditEntries)).toEqual(before)
  })

  it('are refused to agent keys and to whoever was removed', async () => {
    await expect(setNoticePreferences(test.agent, input)).rejects.toMatchObject({ code: 'forbidden' })
    const removed = await test.member('reviewer')
    await rest.db.execute(sql`delete from members where user_id = ${removed.actor.id}`)
    await expect(setNoticePreferences(removed, input)).rejects.toMatchObject({ code: 'unauthenticated' })
  })
})

describe('a link of a mail', () => {
  it('fetched fifty times, with and without a session, changes nothing', async () => {
    const owner = await test.member('owner')
    const approval = await test.ask()
    const mail = async () => {
      const rows = await rest.db.select().from(mails)
      return rows.find((row) => row.recipient === owner.actor.email)
    }
    while (!(await mail())) await new Promise((resolve) => setTimeout(resolve, 50))
    const { html = '', text = '' } = (await mail()) ?? {}
    const links = [...`${html}\n${text}`.matchAll(/https?:\/\/[^\s"<>]+/g)]
      .map(([link]) => link.replaceAll('&amp;', '&'))
      .filter((link) => !link.includes('w3.org'))
    expect(new Set(links)).toEqual(new Set([approval.url]))
    const session = await startSession(rest.db, owner.actor.id)
    const state = async () => ({
      approvals: await rest.db.select().from(approvals),
      audit: await rest.db.select({ id: auditEntries.id }).from(auditEntries).orderBy(auditEntries.id),
    })
    const before = await state()
    // The page's own calls are among them: a scanner may follow those as well.
    const paths = [
      ...links.map((link) => link.replace('http://localhost:3000', '')),
      `/api/approvals/${approval.id}?project=${test.project.slug}`,
      `/api/approvals/${approval.id}/decisions?project=${test.project.slug}&decision=approve`,
    ]
    for (const path of new Set(paths)) {
      for (let i = 0; i < 50; i++) {
        await rest.call('GET', path)
        await rest.call('GET', path, { headers: { cookie: `next-auth.session-token=${session.token}` } })
      }
    }
    const after = await state()
    expect(after.approvals).toEqual(before.approvals)
    expect(after.audit).toEqual(before.audit)
  }, 90_000)
})
