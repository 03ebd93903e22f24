import { spawnSync } from 'node:child_process'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Answer, type Rest } from '@/lib/testing/rest'

let rest: Rest
let test: TestProject
let admin: string

beforeAll(async () => {
  rest = await startRest()
  test = await makeTestProject(rest.db)
  admin = (await test.member('admin')).token
  const reviewer = (await test.member('reviewer')).token
  for (let i = 0; i < 5; i++) {
    const { id } = await test.ask({ params: { formula: '=1+1', 'é "quoted"': 1e30 } })
    await rest.call('POST', `/api/approvals/${id}/decisions`, {
      token: reviewer,
      body: { decision: 'approve', reason: '=HYPERLINK("x")' },
    })
  }
})
afterAll(() => rest.close())

const codeOf = (answer: Answer) => `${answer.status} ${answer.body.code as string}`
const get = (path: string, token = admin) => rest.call('GET', path, { token })

const exported = (path: string, token = admin) => rest.call('POST', path, { token })

async function sealed(): Promise<void> {
  for (;;) {
    const { body } = await get('/api/audit?limit=1')
    if (typeof body.items?.[0]?.seq === 'number') return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

describe('GET /api/audit', () => {
  it('is for admins and keys that read', async () => {
    expect((await get('/api/audit', (await test.key(['read'])).token)).status).toBe(200)
    expect(codeOf(await get('/api/audit', (await test.key(['run'])).token))).toBe('403 forbidden')
    expect(codeOf(await get('/api/audit', (await test.member('reviewer')).token))).toBe('403 forbidden')
    expect(
      (await get('/api/audit', (await makeTestProject(rest.db)).agent.token)).body.items?.some(
        (entry) => entry.action === 'approval.approved',
      ),
    ).toBe(false)
  })

  it('lists newest first, filtered, in pages that fit together', async () => {
    const { body } = await get('/api/audit?action=approval.approved&limit=2')
    expect(body.items).toHaveLength(2)
    const next = await get(
      `/api/audit?action=approval.approved&limit=100&cursor=${body.next_cursor as unknown as string}`,
    )
    expect(next.body.items).toHaveLength(3)
    const [first] = body.items ?? []
    const { id: actor } = (first ? first.actor : {}) as { id: string }
    expect((await get(`/api/audit?actor=${actor}`)).body.items).toHaveLength(5)
    expect((await get('/api/audit?until=2020-01-01T00:00:00Z')).body.items).toEqual([])
    expect(
      (await get('/api/audit?since=2020-01-01T00:00:00Z&action=agent.deployed')).body.items,
    ).toHaveLength(1)
    expect(codeOf(await get('/api/audit?since=yesterday'))).toBe('400 invalid_query')
    expect(codeOf(await get('/api/audit?action=approval.forgotten'))).toBe('400 invalid_query')
  })
})

describe('the chain', () => {
  it('is numbered without gaps and verifies by a short script over the export', async () => {
    await sealed()
    const { text, headers } = await exported('/api/audit/export?format=ndjson')
    expect(headers.get('content-disposition')).toContain('attachment')
    const lines = text.trim().split('\n')
    const last = JSON.parse(lines.at(-1) ?? '') as { action: string; hash: string }
    expect(last.action).toBe('audit.exported')
    const script = spawnSync(process.execPath, ['docs/verify-audit.mjs'], { input: text, encoding: 'utf8' })
    const summary = `${lines.length} entries, all sound.`
    expect(script).toMatchObject({
      stdout: `${summary}\nHead ${lines.length}:${last.hash}\n`,
      stderr: '',
      status: 0,
    })
    const verified = await get('/api/audit/verify')
    expect(verified.body).toEqual({
      ok: true,
      summary,
      checked: lines.length,
      erased: 0,
      erasures: [],
      head: last.hash,
      first_bad: null,
      unsealed: 0,
      approvals_checked: 5,
      mismatches: [],
      heads: [],
    })
    const asked = await get(`/api/audit/verify?head=${lines.length}:${last.hash}`)
    expect(asked.body).toMatchObject({ ok: true, heads: [{ seq: lines.length, matches: true }] })
    const other = await get(`/api/audit/verify?head=${lines.length - 1}:${last.hash}`)
    expect(other.body).toMatchObject({ ok: false, heads: [{ seq: lines.length - 1, matches: false }] })
    expect(codeOf(await get('/api/audit/verify?head=last'))).toBe('400 invalid_query')
  })

  it('is exported as CSV that no spreadsheet runs', async () => {
    const { text } = await exported('/api/audit/export?format=csv')
    expect(text.split('\r\n')[0]).toContain('seq,at,action')
    expect(text).not.toMatch(/(^|,)"?[=+@-]/m)
    expect(codeOf(await exported('/api/audit/export?format=xml'))).toBe('400 invalid_query')
    const before = await get('/api/audit?action=audit.exported')
    expect((await get('/api/audit/export?format=csv')).text).toBe(text)
    expect((await get('/api/audit?action=audit.exported')).body).toEqual(before.body)
    expect(codeOf(await exported('/api/audit/export', (await test.key(['read'])).token))).toBe(
      '403 forbidden',
    )
  })

  it('refuses every change by SQL, sealed or not', async () => {
    const attempts = [
      sql`update audit_entries set action = 'x'`,
      sql`update audit_entries set detail = '{}'`,
      sql`update audit_entries set seq = 99, hash = 'a', prev_hash = 'b' where seq is not null`,
      sql`update audit_entries set seq = null, hash = null, prev_hash = null`,
      sql`delete from audit_entries`,
      sql`truncate audit_entries`,
      sql`truncate audit_entries cascade`,
    ]
    for (const attempt of attempts) {
      const error = await rest.db.execute(attempt).then(
        () => null,
        (caught: { cause?: Error }) => caught.cause,
      )
      expect(error?.message).toContain('append-only')
    }
  })

  it('shows where a hand with superuser rights was at work', async () => {
    await sealed()
    await rest.db.execute(sql`alter table audit_entries disable trigger all`)
    await rest.db.execute(
      sql`update audit_entries set actor_label = 'somebody else' where seq = 3 and project_id = ${test.project.id}`,
    )
    expect((await get('/api/audit/verify')).body).toMatchObject({ ok: false, checked: 2, first_bad: 3 })
    await rest.db.execute(sql`delete from audit_entries where seq = 2 and project_id = ${test.project.id}`)
    expect((await get('/api/audit/verify')).body).toMatchObject({ ok: false, checked: 1, first_bad: 2 })
  })
})
