import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { holdpoint, type Approval } from './holdpoint.ts'
import { digestOf } from './json.ts'

type Answer = (incoming: IncomingMessage, outgoing: ServerResponse, id: string) => unknown

/** How each call is answered, by its id. */
const answers = new Map<string, Answer>()
let server: Server
let url: string
let redirected = 0
beforeAll(async () => {
  server = createServer((incoming, outgoing) => void serve(incoming, outgoing))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  return new Promise((done) => server.close(done))
})

const run = { id: 'run_1', external_id: 'r', agent: 'tester', status: 'running' }

async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  if (incoming.url === '/elsewhere') redirected++
  let text = ''
  for await (const chunk of incoming) text += String(chunk)
  const { tool_call_id: asked = '' } = JSON.parse(text || '{}') as { tool_call_id?: string }
  const id = asked || decodeURIComponent(/apr_([^/]+)\//.exec(incoming.url ?? '')?.[1] ?? '')
  answers.get(id)?.(incoming, outgoing, id)
}

function say(outgoing: ServerResponse, body: unknown, status = 200, type = 'application/json'): void {
  outgoing.writeHead(status, { 'Content-Type': type })
  outgoing.end(typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body))
}

const params = { amount: 2400 }
const free = (id: string) => ({
  required: false,
  run_id: 'run_1',
  tool_call_id: id,
  policy_version: 1,
  replayed: false,
  call: { status: 'running', output: null, error: null },
  next: { action: 'execute', message: 'Run it.' },
})

async function held(id: string, more: object = {}): Promise<Partial<Approval>> {
  return {
    required: true,
    id: `apr_${id}`,
    run_id: 'run_1',
    tool_call_id: id,
    tool: 'refund',
    params,
    digest: await digestOf('refund', params),
    status: 'approved',
    claimed_at: null,
    next: { action: 'execute', message: 'Approved.' },
    ...more,
  }
}

/** What comes in place of an answer, wherever in the protocol. */
const noAnswers: [string, Answer][] = [
  ['silent', () => {}],
  [
    'frozen after its headers',
    (_, outgoing) => outgoing.writeHead(200, { 'Content-Type': 'application/json' }).flushHeaders(),
  ],
  [
    'that sends half a body',
    (_, outgoing, id) => {
      const text = JSON.stringify(free(id))
      outgoing.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': text.length })
      outgoing.write(text.slice(0, -20))
    },
  ],
  ['that hangs up', (_, outgoing) => outgoing.destroy()],
  [
    'that hangs up in a body',
    (_, outgoing, id) => {
      const text = JSON.stringify(free(id))
      outgoing.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': text.length })
      outgoing.write(text.slice(0, -20), () => outgoing.destroy())
    },
  ],
  ['with nothing but 500', (_, outgoing) => say(outgoing, { code: 'internal', status: 500 }, 500)],
  [
    'that is always too busy',
    (_, outgoing) => {
      outgoing.setHeader('Retry-After', '99999999999')
      say(outgoing, { code: 'rate_limited', status: 429, detail: 'Later.' }, 429)
    },
  ],
  ['with a page', (_, outgoing) => say(outgoing, '<p>Sign in</p>', 200, 'text/html')],
  ['with a page as JSON', (_, outgoing) => say(outgoing, '<p>Sign in</p>')],
  ['with a page that is not found', (_, outgoing) => say(outgoing, '<p>Not here</p>', 404, 'text/html')],
  ['whose proxy forbids it', (_, outgoing) => say(outgoing, { error: 'forbidden' }, 403)],
  [
    'whose proxy says something else than its status',
    (_, outgoing) => say(outgoing, { code: 'x', status: 200 }, 403),
  ],
  ['with JSON of another type', (_, outgoing, id) => say(outgoing, free(id), 200, 'text/plain')],
  ['that sends on', (_, outgoing) => outgoing.writeHead(307, { Location: '/elsewhere' }).end()],
  ['with nothing', (_, outgoing) => outgoing.writeHead(204).end()],
  ['with null', (_, outgoing) => say(outgoing, 'null')],
  ['with a list', (_, outgoing) => say(outgoing, '[]')],
  [
    'with broken UTF-8',
    (_, outgoing, id) => {
      const text = Buffer.from(JSON.stringify(free(id)))
      text[text.indexOf('Run it') + 1] = 0xff
      say(outgoing, text)
    },
  ],
  [
    'with an endless body',
    (_, outgoing) => {
      outgoing.writeHead(200, { 'Content-Type': 'application/json' })
      const more = () => outgoing.destroyed || outgoing.write(' '.repeat(1 << 20), more)
      more()
    },
  ],
  [
    'with a bomb',
    (_, outgoing) => {
      outgoing.setHeader('Content-Encoding', 'gzip')
      say(outgoing, bomb)
    },
  ],
]
const bomb = gzipSync(Buffer.alloc(200 << 20, ' '))

/** What cannot be an answer to this question. */
const otherAnswers: [string, (id: string) => unknown][] = [
  ['that says "false"', (id) => ({ ...free(id), required: 'false' })],
  ['that says nothing of approval', (id) => ({ ...free(id), required: undefined })],
  ['that says 0', (id) => ({ ...free(id), required: 0 })],
  ['with the answer to another call', (id) => ({ ...free(id), tool_call_id: 'other' })],
  ['with the answer of another run', (id) => ({ ...free(id), run_id: 'run_2' })],
  ['that does not say what to do', (id) => ({ ...free(id), next: undefined })],
  ['with an unknown thing to do', (id) => ({ ...free(id), next: { action: 'run', message: '' } })],
  ['that holds what needs no approval', (id) => ({ ...free(id), next: { action: 'wait', message: '' } })],
  ['with an approval of another tool', (id) => held(id, { tool: 'lookup' })],
  ['with an approval of other params', (id) => held(id, { digest: 'sha256:0' })],
  ['that lets run what is pending', (id) => held(id, { status: 'pending' })],
  ['that lets run what was rejected', (id) => held(id, { status: 'rejected' })],
  ['with a status from nowhere', (id) => held(id, { status: 'constructor' })],
  [
    'with an edit that lost digits',
    (id) =>
      held(id, {
        edited: { requested_digest: '', changes: [] },
        params: JSON.parse('{"amount":9007199254740993}') as Record<string, unknown>,
      }),
  ],
]

/** What is hostile begins after the run has begun, which so takes none of the patience. */
const withRun: typeof fetch = async (input, init) =>
  String(input).endsWith('/api/runs') ? Response.json(run, { status: 201 }) : fetch(input, init)

async function gate(id: string, patience = '700ms') {
  const hp = holdpoint({ url, key: 'hpa_test', agent: 'tester', patience, fetch: withRun })
  let runs = 0
  const execute = () => ++runs
  const outcome = (await hp.run({ id: 'r' })).gate('refund', params, execute, { callId: id })
  const error = await outcome.then(
    (done) => done,
    (thrown: unknown) => thrown,
  )
  return { error: error as Error & { cause?: Error }, runs }
}

let count = 0
/** An ask that is answered so, and a claim that is. */
async function meet(where: 'ask' | 'claim', answer: Answer) {
  const id = `c${++count}`
  answers.set(id, (incoming, outgoing) => {
    if (where === 'claim' && !incoming.url?.endsWith('/claim'))
      return void held(id).then((body) => say(outgoing, body))
    answer(incoming, outgoing, id)
  })
  return gate(id)
}

describe.each(['ask', 'claim'] as const)('at the %s, a server', (where) => {
  test.concurrent.each(noAnswers)('%s is away, and nothing runs', async (_, answer) => {
    expect(await meet(where, answer)).toMatchObject({
      error: { name: 'Unavailable', code: 'unavailable' },
      runs: 0,
    })
  })

  test.concurrent.each(otherAnswers)('%s is away, and nothing runs', async (_, answer) => {
    const met = await meet(where, async (__, outgoing, id) => {
      const body = (await answer(id)) as object
      say(outgoing, where === 'claim' ? { ...body, claimed_at: '2026-11-29T12:00:00Z' } : body)
    })
    expect(met).toMatchObject({ error: { name: 'Unavailable' }, runs: 0 })
  })
})

test('what is pending in a project that is being archived stops, and nothing runs', async () => {
  const next = { action: 'stop', message: 'The project was archived.' }
  const met = await meet('ask', (_, outgoing, id) => {
    void held(id, { status: 'pending', next }).then((body) => say(outgoing, body))
  })
  expect(met).toMatchObject({ error: { name: 'Refused', message: next.message }, runs: 0 })
})

test('swapped answers run neither', async () => {
  const waiting: [string, ServerResponse][] = []
  const swap: Answer = (_, outgoing, id) => {
    waiting.push([id, outgoing])
    if (waiting.length < 2) return
    const [[one, toOne], [other, toOther]] = waiting.splice(0) as [(typeof waiting)[0], (typeof waiting)[0]]
    say(toOne, free(other))
    say(toOther, free(one))
  }
  answers.set('swap-1', swap).set('swap-2', swap)
  const both = await Promise.all([gate('swap-1'), gate('swap-2')])
  for (const met of both) expect(met).toMatchObject({ error: { name: 'Unavailable' }, runs: 0 })
})

test('a redirect is never followed, and named', async () => {
  answers.set('redirect', (_, outgoing) => outgoing.writeHead(302, { Location: '/elsewhere' }).end())
  const { error } = await gate('redirect', '3s')
  expect(error.message).toContain('it sends on to /elsewhere, which is not followed')
  expect(redirected).toBe(0)
})
