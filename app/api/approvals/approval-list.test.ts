import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { mostListBytes } from '@/db/queries/bounded'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Rest } from '@/lib/testing/rest'

let rest: Rest
let test: TestProject
let ids: string[]

const count = 60
/** Of which about twenty are as much as a page holds. */
const largeBytes = 200_000

beforeAll(async () => {
  rest = await startRest()
  test = await makeTestProject(rest.db)
  ids = []
  for (let at = 0; at < count; at++) {
    const { id } = await test.ask({ params: { at, text: at % 10 === 3 ? 'ä' : 'x' } })
    ids.unshift(id)
  }
  // as an agent would have sent them, without sending 12 MB
  await rest.db.execute(sql`
    update tool_calls set params = left(params, -2) || repeat(right(left(params, -2), 1), ${largeBytes}) || '"}'
    where project_id = ${test.project.id}`)
}, 60_000)
afterAll(() => rest.close())

const list = (query: string) => rest.call('GET', `/api/approvals?${query}`, { token: test.agent.token })

async function allPages(query: string) {
  const pages: { ids: unknown[]; bytes: number }[] = []
  for (let cursor = ''; ;) {
    const { status, body, text } = await list(`${query}${cursor}`)
    expect(status).toBe(200)
    pages.push({ ids: (body.items ?? []).map(({ id }) => id), bytes: Buffer.byteLength(text) })
    if (body.next_cursor === null) return pages
    cursor = `&cursor=${String(body.next_cursor)}`
  }
}

it.each([
  ['a status', 'limit=100&status=pending', true],
  ['a search', 'limit=100&q=gated', true],
  ['small pages', 'limit=7&status=pending', false],
])('by %s gives each once and in order, a page at a time of bounded bytes', async (_name, query, isCut) => {
  const pages = await allPages(query)
  expect(pages.flatMap((page) => page.ids)).toEqual(ids)
  if (isCut) expect(pages.length).toBeGreaterThan(2)
  for (const { bytes, ids: given } of pages) {
    expect(given.length).toBeGreaterThan(0)
    // one item more, and what an approval is beside its params
    expect(bytes).toBeLessThan(mostListBytes + 2 * largeBytes + given.length * 2000)
  }
})

it('without params gives all at once, and with their start what a list shows', async () => {
  const { body, text } = await list('limit=100&fields=status,params_start')
  expect(body.next_cursor).toBeNull()
  expect((body.items ?? []).map(({ id }) => id)).toEqual(ids)
  expect(text.length).toBeLessThan(count * 3000)
  const [first] = body.items ?? []
  expect(Object.keys(first ?? {}).sort()).toEqual(['id', 'params_start', 'status'])
  const whole = `{"at":${count - 1},"text":"${'x'.repeat(largeBytes + 1)}"}`
  expect(first?.params_start).toEqual({ text: whole.slice(0, 2000), bytes: whole.length })
  const { body: nothing } = await list('limit=1&fields=id')
  expect(nothing.items).toEqual([{ id: ids[0] }])
})

it('says how the runs stand where that is asked for', async () => {
  const { body } = await list('limit=1&fields=run_status')
  expect(body.items).toEqual([{ id: ids[0], run_status: 'awaiting_approval' }])
  expect((await list('limit=1')).body.items?.[0]).not.toHaveProperty('run_status')
})

it('counts characters, not bytes, in how params begin', async () => {
  const { body } = await list(`limit=100&fields=params_start`)
  const odd = (body.items ?? []).map((item) => item.params_start as { text: string; bytes: number })
  const [ofUmlauts] = odd.filter(({ text }) => text.includes('ä'))
  expect(ofUmlauts?.text).toHaveLength(2000)
  expect(ofUmlauts?.bytes).toBeGreaterThan(2 * largeBytes)
})

it('names the fields there are where one is unknown', async () => {
  const { status, body } = await list('fields=id,parms')
  expect([status, body.code]).toEqual([400, 'invalid_query'])
  expect(body.detail).toContain('params_start')
  expect((await list('fields=')).body.code).toBe('invalid_query')
})
