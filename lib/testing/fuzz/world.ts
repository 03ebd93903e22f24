import type { Database } from '@/db/client'
import { startSession } from '@/lib/members/session'
import { roles, type Scope } from '@/lib/context'
import { makeTestProject, type TestProject } from '../project'
import { call, type Answer } from '../rest'
import { hostileTexts } from './hostile'

/** Who asks; `headers` show it. */
export type Shown = { name: string; headers: Record<string, string> }

/** Two projects on a running server, and what a caller can name of them. */
export type World = {
  credentials: Shown[]
  /** Those of them that may do much, so that not every call ends at the door. */
  able: Shown[]
  /** Sessions of people, for pages. */
  sessions: Shown[]
  /** Values by the name of a path's placeholder, a query field or a body's member. */
  texts: ReadonlyMap<string, string[]>
  slugs: string[]
  /** Whether a call that is all right still gets its answer. */
  isWell(): Promise<boolean>
}

const scopes: Scope[] = ['run', 'deploy', 'read']

/**
 * Makes the world through verbs and the API. What may be revoked, removed or deleted by chance is not what the
 * callers themselves live by.
 * @param secrets of the operator, where the server has them
 */
export async function makeWorld(url: string, db: Database, secrets: string[] = []): Promise<World> {
  const [mine, other] = [await makeTestProject(db), await makeTestProject(db)]
  const people = await Promise.all(roles.map((role) => mine.member(role)))
  const keys = await Promise.all(scopes.map((scope) => mine.key([scope])))
  const sessions = await Promise.all(
    people.map(async ({ actor }) => {
      const { token } = await startSession(db, actor.id)
      return { name: `session ${actor.role}`, headers: { Cookie: `next-auth.session-token=${token}` } }
    }),
  )
  const bearer = (name: string, token: string) => ({ name, headers: { Authorization: `Bearer ${token}` } })
  const owner = people.at(-1)?.token ?? ''
  const able = [
    bearer('key of all scopes', mine.agent.token),
    bearer('token owner', owner),
    ...sessions.slice(-1),
  ]
  return {
    able,
    credentials: [
      { name: 'nobody', headers: {} },
      bearer('garbage', 'hpa_00000000_00000000000000000000000000000000'),
      { name: 'basic', headers: { Authorization: 'Basic YTpi' } },
      ...keys.map((key) => bearer(`key ${key.actor.scopes.join()}`, key.token)),
      bearer('key of all scopes', mine.agent.token),
      ...people.map((person) => bearer(`token ${person.actor.role}`, person.token)),
      ...sessions,
      bearer("another project's key", other.agent.token),
      ...secrets.map((secret, at) => bearer(`operator's secret ${at + 1}`, secret)),
    ],
    sessions,
    texts: await textsOf(url, mine, other, owner),
    slugs: [mine.project.slug, mine.project.slug, mine.project.slug, other.project.slug, 'no-such-project'],
    isWell: async () => {
      // one of the inputs may have archived or paused it
      await call(url, 'POST', '/api/project/unarchive', { token: owner })
      for (const of of ['/agents/tester', '/project'])
        await call(url, 'POST', `/api${of}/resume`, { token: owner, body: { reason: 'To ask' } })
      const body = { agent: 'tester', tool: 'gated', params: { order_id: 'ORD-1' } }
      const answer = await call(url, 'POST', '/api/approvals', { token: mine.agent.token, body })
      // Held, or free under a policy that one of the inputs deployed.
      return answer.status === 201 || answer.status === 200
    },
  }
}

async function textsOf(
  url: string,
  mine: TestProject,
  other: TestProject,
  owner: string,
): Promise<ReadonlyMap<string, string[]>> {
  const ask = async (method: string, path: string, body?: unknown, token = owner): Promise<Answer> => {
    const answer = await call(url, method, path, { token, body })
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`)
    return answer
  }
  const asked = await Promise.all(Array.from({ length: 6 }, () => mine.ask()))
  const foreign = await other.ask()
  await ask('POST', `/api/approvals/${asked[0]?.id}/decisions`, { decision: 'approve' })
  await ask('POST', `/api/approvals/${asked[1]?.id}/decisions`, { decision: 'reject' })
  const started = { agent: 'tester', external_id: 'order-1' }
  const run = await ask('POST', '/api/runs', started, mine.agent.token)
  const hook = { name: 'Hook', format: 'standard', url: 'http://127.0.0.1:9/hook' }
  const webhook = String((await ask('POST', '/api/webhooks', hook)).body.id)
  await ask('POST', `/api/webhooks/${webhook}/test`)
  const deliveries = (await ask('GET', `/api/webhooks/${webhook}/deliveries`)).body.items ?? []
  const guest = await mine.member('viewer')
  const spare = await mine.key(['read'])
  const ids = {
    approval: [...asked, foreign].map(({ id }) => id),
    run: [...asked, foreign].map(({ run_id: id }) => id).concat(String(run.body.id), 'order-1'),
    webhook: [webhook],
    delivery: deliveries.map(({ id }) => String(id)),
    member: [guest.actor.id],
    key: [spare.actor.id],
  }
  const texts: Record<string, string[]> = {
    ...ids,
    id: Object.values(ids).flat(),
    call: asked.map(({ tool_call_id: id }) => id),
    delivery_id: ids.delivery,
    agent: ['tester', 'nobody'],
    name: ['tester', 'fuzzed'],
    tool: ['gated', 'free', 'refund', 'soft'],
    params: ['{}'],
    run_id: ids.run,
    tool_call_id: asked.map(({ tool_call_id: id }) => id),
    parent_run_id: ids.run,
    external_id: ['order-1', 'order-2'],
    digest: asked.map(({ digest }) => digest),
    email: ['guest@example.com'],
    initiator: ['guest@example.com'],
    url: ['http://127.0.0.1:9/', 'https://169.254.169.254/', 'http://[::1]/'],
    project: [mine.project.slug, other.project.slug],
    status: ['pending', 'approved', 'running', 'completed'],
    limit: ['1', '100', '0', '101', '-1', '1e1', ' 1', '٣'],
    fields: ['id', 'id,status', 'params', 'id,nothing'],
    format: ['ndjson', 'csv', 'xml'],
    action: ['approval.approved', 'agent.deployed'],
    actor: [guest.actor.id],
    target: ids.approval,
    since: ['2026-01-31T12:00:00Z', '0001-01-01T00:00:00Z', '+275760-09-13T00:00:00Z'],
    until: ['2027-01-31T12:00:00Z', '9999-12-31T23:59:60Z'],
    q: ['ORD', 'ab', '%', '_', 'apr_', '\\', asked[0]?.id ?? ''],
    cursor: await cursorsOf(ask),
    started_at: ['2026-01-31T12:00:00Z', '9999-12-31T23:59:59Z', '0000-01-01T00:00:00Z'],
    ended_at: ['2026-01-31T12:00:00Z'],
    expires_at: ['2027-01-31T12:00:00Z', '9999-12-31T23:59:59Z'],
    token: hostileTexts.slice(0, 8),
    return_to: ['/', '//evil.example', '/%0d%0a', '/\\evil.example'],
    callbackUrl: ['/', 'https://evil.example'],
    error: ['__proto__', 'constructor', 'unknown', 'toString'],
    version: ['1', '0', '-1', '99999999999999999999'],
    form: [''],
  }
  return new Map(Object.entries(texts))
}

/** Real cursors of several lists, and some that somebody has bent. */
async function cursorsOf(ask: (method: string, path: string) => Promise<Answer>): Promise<string[]> {
  const lists = ['approvals', 'runs', 'audit', 'keys', 'members']
  const answers = await Promise.all(lists.map((list) => ask('GET', `/api/${list}?limit=1`)))
  const real = answers.map(({ body }) => String(body.next_cursor)).filter((cursor) => cursor !== 'null')
  const bent = real.flatMap((cursor) => [
    cursor.slice(0, -2),
    `${cursor}A`,
    cursor.toLowerCase(),
    `A${cursor}`,
  ])
  return [...real, ...bent, Buffer.from('[]'.padStart(30)).toString('base64url')]
}
