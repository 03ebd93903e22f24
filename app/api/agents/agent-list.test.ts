import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { mostListBytes } from '@/db/queries/bounded'
import { agents, agentVersions } from '@/db/schema/agents'
import { keepAllUnderstood } from '@/lib/agents/understood'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Rest } from '@/lib/testing/rest'

let rest: Rest
let test: TestProject

const count = 100
const nameOf = (at: number) => `large-${String(at).padStart(3, '0')}`
/** About 64 kB, of which the policy as understood is larger still. */
const file = `approval:\n  tools:\n${Array.from({ length: 1900 }, (_, at) => `    - t${at}: param.amount > ${at}\n`).join('')}`

beforeAll(async () => {
  rest = await startRest()
  test = await makeTestProject(rest.db)
  await rest.call('PUT', `/api/agents/${nameOf(0)}`, {
    token: test.agent.token,
    body: file,
    headers: { 'Content-Type': 'application/yaml' },
  })
  await copyAgents()
})
afterAll(() => rest.close())

/** As many deployed agents as a hundred deploys would make, without parsing the same file a hundred times. */
async function copyAgents(): Promise<void> {
  await rest.db.execute(sql`
    insert into agents (id, project_id, name, version, version_id)
    select a.id || n, a.project_id, 'large-' || lpad(n::text, 3, '0'), 1, a.version_id || n
    from agents a, generate_series(1, ${count - 1}) n where a.name = ${nameOf(0)}`)
  await rest.db.execute(sql`
    insert into agent_versions (id, project_id, agent_id, version, config, policy, warnings, deployed_by_type, deployed_by_id, deployed_by_label)
    select v.id || n, v.project_id, v.agent_id || n, 1, v.config, v.policy, v.warnings, v.deployed_by_type, v.deployed_by_id, v.deployed_by_label
    from agent_versions v join agents a on a.version_id = v.id, generate_series(1, ${count - 1}) n where a.name = ${nameOf(0)}`)
}

const list = (query: string) => rest.call('GET', `/api/agents?${query}`, { token: test.agent.token })

async function allPages(query: string) {
  const pages: { names: unknown[]; bytes: number }[] = []
  for (let cursor = ''; ;) {
    const { status, body, text } = await list(`${query}${cursor}`)
    expect(status).toBe(200)
    pages.push({ names: (body.items ?? []).map(({ name }) => name), bytes: text.length })
    if (body.next_cursor === null) return pages
    cursor = `&cursor=${String(body.next_cursor)}`
  }
}

it('gives as many files as a page’s bytes allow, and goes on exactly after the last', async () => {
  const pages = await allPages('limit=100')
  expect(pages.flatMap(({ names }) => names)).toEqual([
    ...Array.from({ length: count }, (_, at) => nameOf(at)),
    'tester',
  ])
  expect(pages.length).toBeGreaterThan(3)
  // the texts of one item more, and what JSON adds to a file's line ends and quotes
  for (const { bytes } of pages) expect(bytes).toBeLessThan(mostListBytes * 1.2)
  expect((await list('limit=1')).body.items).toHaveLength(1)
})

it('does not read the files that nobody asked for, so that a page holds all', async () => {
  const [page, ...more] = await allPages('limit=100&fields=name,version,deployed_at')
  expect(page?.names).toHaveLength(count)
  expect(more).toHaveLength(1)
  const { body } = await list('limit=1&fields=version')
  expect(body.items).toEqual([{ name: nameOf(0), version: 1 }])
})

it('parses no file: what was understood at the deploy is what is shown', async () => {
  const whole = await rest.call('GET', `/api/agents/${nameOf(1)}`, { token: test.agent.token })
  const ofLarge = sql`${agentVersions.id} = (select version_id from agents where name = ${nameOf(1)})`
  await rest.db.update(agentVersions).set({ config: 'no: [policy' }).where(ofLarge)
  const { body } = await list('limit=2')
  expect(body.items?.[1]).toEqual({ ...whole.body, config: 'no: [policy' })
  await rest.db.update(agentVersions).set({ config: file }).where(ofLarge)
})

it('understands a file that an older release deployed once, and keeps it', async () => {
  const whole = await rest.call('GET', `/api/agents/${nameOf(2)}`, { token: test.agent.token })
  const [agent] = await rest.db
    .select()
    .from(agents)
    .where(eq(agents.name, nameOf(2)))
  const forget = () =>
    rest.db
      .update(agentVersions)
      .set({ policy: null })
      .where(eq(agentVersions.id, agent?.versionId ?? ''))
  const kept = async () => {
    const [row] = await rest.db
      .select({ policy: agentVersions.policy })
      .from(agentVersions)
      .where(eq(agentVersions.id, agent?.versionId ?? ''))
    return JSON.parse(row?.policy ?? 'null') as unknown
  }
  await forget()
  expect((await list('limit=3')).body.items?.[2]).toEqual(whole.body)
  expect(await kept()).toEqual(whole.body.policy)
  await forget()
  await keepAllUnderstood(rest.db)
  expect(await kept()).toEqual(whole.body.policy)
})

it('names the fields there are where one is unknown', async () => {
  const { status, body } = await list('fields=name,yaml')
  expect([status, body.code]).toEqual([400, 'invalid_query'])
  expect(body.detail).toContain('config')
})
