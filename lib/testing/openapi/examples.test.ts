import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { SystemActor } from '@/lib/context'
import { api } from '@/lib/http/api'
import type { Example } from '@/lib/http/examples/example'
import { leftId } from '@/lib/http/examples/agents'
import { escalatedId } from '@/lib/http/examples/edits'
import { confirmedExample, expiryExample } from '@/lib/http/examples/people'
import { story } from '@/lib/http/examples/story'
import { answersOf, openApiDocument } from '@/lib/http/openapi'
import { createKey } from '@/lib/keys/create-key'
import { createTokenFor } from '@/lib/keys/create-token'
import { addMember } from '@/lib/members/add'
import { createProject } from '@/lib/members/create-project'
import { startRest, type Answer, type Rest } from '../rest'
import { startReceiver, type Receiver } from '../webhook-receiver'
import { Described, type Parameter } from './described'
import { Names } from './names'
import { replay, type Tokens } from './replay'

const appUrl = 'http://localhost:3000'
const described = new Described(openApiDocument(api, appUrl))
const operator: SystemActor = { type: 'system', id: 'operator', label: 'Operator', via: 'cli' }

let rest: Rest
let receiver: Receiver
let tokens: Tokens
let names: Names
beforeAll(async () => {
  receiver = await startReceiver()
  const secrets = { CRON_SECRET: 'cron-secret-for-tests', METRICS_TOKEN: 'metrics-token-for-tests' }
  const env = { ...secrets, OUTBOUND_ALLOW: '127.0.0.0/8' }
  rest = await startRest(env, undefined, { withBackground: false })
  const project = await createProject(rest.db, { name: 'Acme' }, operator)
  const ctx = { db: rest.db, project, appUrl, actor: operator, limits: { maxPendingPerAgent: 0 } }
  const host = new URL(receiver.url).host
  names = new Names([
    [`http://${host}`, 'https://hooks.example.com'],
    [host, 'hooks.example.com'],
    ['127.0.0.1', '192.0.2.10'],
  ])
  const { token: agent } = await createKey(ctx, { name: 'Agents', scopes: ['run', 'deploy', 'read'] })
  const memberOf = async (role: 'reviewer' | 'owner') => {
    const { id } = await addMember(ctx, { email: `${role}@example.com`, role })
    const { id: key, token } = await createTokenFor(ctx, { name: 'Script', userId: id })
    names.toPublished([id, key])
    return token
  }
  const [reviewer, owner] = [await memberOf('reviewer'), await memberOf('owner')]
  const secretOf = (call: string) => (call.endsWith('/metrics') ? secrets.METRICS_TOKEN : secrets.CRON_SECRET)
  tokens = {
    agent: () => agent,
    reviewer: () => reviewer,
    owner: () => owner,
    operator: secretOf,
    nobody: () => undefined,
  }
}, 180_000)
afterAll(async () => {
  await rest?.close()
  await receiver?.close()
})

type Kept = Record<string, Record<string, unknown>>

it('is answered by a real server as the examples say, and all as the document says', async () => {
  const kept: Kept = {}
  for (const example of story) {
    const where = `${example.call} ${example.name}`
    expect([where, ...faultsOfRequest(example)]).toEqual([where])
    if (example === expiryExample) await makeDue()
    if (example === confirmedExample) await confirmLogin()
    const answer = await replay(rest.url, example, tokens, names)
    expect([where, answer.status, answer.status === example.status ? '' : answer.text]).toEqual([
      where,
      example.status,
      '',
    ])
    expect([where, ...faultsOfAnswer(example, answer)]).toEqual([where])
    const published = publishedOf(example, answer)
    if (published !== undefined) (kept[example.call] ??= {})[example.name] = published
  }
  await expect.poll(() => typesOfNotices(), { timeout: 30_000 }).toEqual(new Set(toldEvents))
  kept.webhooks = noticesByType()
  await expect(`${JSON.stringify(kept, null, 2)}\n`).toMatchFileSnapshot('../../http/examples/answers.json')
}, 180_000)

it('has an example of every answer that is no refusal', () => {
  const told = new Set(story.map(({ call, status }) => `${call} ${status}`))
  const all = Object.entries(api).flatMap(([call, { def }]) =>
    answersOf(def).map(([status]) => `${call} ${status}`),
  )
  expect(all.filter((one) => !told.has(one))).toEqual([])
  expect(new Set(story.map(({ call, name }) => `${call} ${name}`)).size).toBe(story.length)
})

async function makeDue() {
  await rest.db.execute(
    sql`update approvals set expires_at = clock_timestamp() - interval '1 millisecond' where id = ${names.toReal(leftId)}`,
  )
  await rest.db.execute(sql`
    update approvals set requested_at = requested_at - interval '11 minutes', next_step_at = clock_timestamp() - interval '1 millisecond'
    where id = ${names.toReal(escalatedId)}`)
}

/** As the owner does in the console. */
async function confirmLogin() {
  await rest.db.execute(sql`
    update device_logins set (project_id, user_id) = (
      select project_id, user_id from members where role = 'owner' order by joined_at limit 1)`)
}

/** All but what comes of a person signed in with a browser alone, whom no example is by. */
const toldEvents = Object.keys((described.at('webhooks')?.value ?? {}) as object).filter(
  (event) => event !== 'approval.overridden',
)
const typesOfNotices = () => new Set(receiver.received.map(({ json }) => json.type))

/** The first notice of each event that arrived, held against what the document says of webhooks. */
function noticesByType(): Record<string, unknown> {
  const first = toldEvents.map((event) => {
    const arrived = receiver.received.filter(({ json }) => json.type === event)
    const place = ['webhooks', event, 'post']
    const parameters = (described.at(...place, 'parameters')?.value ?? []) as Parameter[]
    for (const { json, headers } of arrived) {
      const faults = [
        described.fault(json, ...place, 'requestBody', 'content', 'application/json', 'schema'),
        ...parameters.map((one) => described.faultOfText(headers[one.name] ?? '', one)),
      ]
      expect([event, ...faults.filter((fault) => fault !== undefined)]).toEqual([event])
    }
    return [event, names.toPublished(arrived[0]?.json)] as const
  })
  return Object.fromEntries(first)
}

const placeOf = ({ call }: Example) => {
  const [method = '', path = ''] = call.split(' ')
  return ['paths', `/api${path}`, method.toLowerCase()]
}

/** Whatever a client that believes the document would not send. */
function faultsOfRequest(example: Example): string[] {
  if (example.status >= 400) return []
  const place = placeOf(example)
  const parameters = (described.at(...place, 'parameters')?.value ?? []) as Parameter[]
  const { path, query, headers, body } = example
  const given = { path, query, header: headers }
  const faults = Object.entries(given).flatMap(([where, texts = {}]) =>
    Object.entries(texts).map(([name, text]) => {
      // what the described types of a body say
      if (name === 'Content-Type' || name === 'Accept') return undefined
      const parameter = parameters.find((one) => one.in === where && one.name === name)
      return parameter ? described.faultOfText(text, parameter) : `${where} ${name} is not described`
    }),
  )
  if (body !== undefined && typeof body !== 'string')
    faults.push(described.fault(body, ...place, 'requestBody', 'content', 'application/json', 'schema'))
  return faults.filter((fault) => fault !== undefined)
}

function faultsOfAnswer(example: Example, answer: Answer): string[] {
  const { status, name } = example
  const fault = described.faultOfAnswer(placeOf(example), answer)
  const isRight = status < 400 || answer.body.code === name
  return [
    ...(fault === undefined ? [] : [fault]),
    ...(isRight ? [] : [`the code is ${String(answer.body.code)}`]),
  ]
}

/** The answer in the words of the examples; of long texts the beginning. */
function publishedOf({ call }: Example, { text, body, headers }: Answer): unknown {
  if (text === '' || call === 'GET /openapi.json') return undefined
  // how much the answers before it left to be done is a matter of speed
  if (call === 'GET /cron/deliver') return { ...body, jobs: { ...(body.jobs as object), done: 1 } }
  if (/[/+]json/.test(headers.get('content-type') ?? '')) return names.toPublished(body)
  const lines = call.endsWith('/export') ? 2 : 7
  return names.toPublished(
    text
      .split(/(?<=\n)/)
      .slice(0, lines)
      .join(''),
  )
}
