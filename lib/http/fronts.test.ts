import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { countWaits } from '@/lib/wake/room'
import { startSession } from '@/lib/members/session'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Rest } from '@/lib/testing/rest'

// `npm test` runs this file behind our own front and behind Next; all other tests of the API behind our own alone.
const isNext = inject('front') === 'next'

let rest: Rest
let test: TestProject
let credentials: string

beforeAll(async () => {
  rest = await startRest()
  test = await makeTestProject(rest.db)
  credentials = `Host: localhost\r\nAuthorization: Bearer ${test.agent.token}\r\n`
})
afterAll(() => rest.close())

type Raw = { status: number; headers: [string, string][]; body: string; isClosed: boolean }

/** What comes back for these very bytes, a moment after the answer is complete, or within ten seconds. */
function send(text: string): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(rest.url).port), '127.0.0.1')
    let got = ''
    let isClosed = false
    const done = () => {
      clearTimeout(timer)
      socket.destroy()
      resolve(parse(got, isClosed))
    }
    let timer = setTimeout(done, 10_000)
    socket.on('data', (data) => {
      got += data.toString('latin1')
      if (!isComplete(got, text.startsWith('HEAD'))) return
      clearTimeout(timer)
      timer = setTimeout(done, 200)
    })
    socket.on('close', () => {
      isClosed = true
      done()
    })
    socket.on('error', (error) => (got === '' ? reject(error) : done()))
    socket.write(text)
  })
}

function isComplete(got: string, isHead: boolean): boolean {
  const { status, body, headers } = parse(got.replace(/^HTTP\/1.1 100 .*\r\n\r\n/, ''), false)
  if (!got.includes('\r\n\r\n') || status === 0) return false
  if (headers.some(([, value]) => value.startsWith('text/event-stream'))) return true
  const length = headers.find(([name]) => name === 'content-length')?.[1]
  if (length !== undefined) return isHead || body.length >= Number(length)
  return isHead || body.endsWith('0\r\n\r\n') || !headers.some(([name]) => name === 'transfer-encoding')
}

function parse(got: string, isClosed: boolean): Raw {
  const [head = '', ...rest] = got.split('\r\n\r\n')
  const [first = '', ...lines] = head.split('\r\n')
  const headers = lines.map((line): [string, string] => {
    const at = line.indexOf(':')
    return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()]
  })
  return { status: Number(first.split(' ')[1] ?? 0), headers, body: rest.join('\r\n\r\n'), isClosed }
}

const request = (line: string, more = '', body = '') =>
  send(`${line} HTTP/1.1\r\n${credentials}${more}\r\n${body}`)

const header = (raw: Raw, name: string) => raw.headers.find(([given]) => given === name)?.[1]
const codeOf = (raw: Raw) => `${raw.status} ${/"code":"(\w+)"/.exec(raw.body)?.[1] ?? ''}`.trim()

describe('both fronts answer alike', () => {
  it('with the same headers, each of them once', async () => {
    const raw = await request('GET /api/agents')
    const names = raw.headers.map(([name]) => name)
    // How a connection frames its answers is its own; Next does it in chunks, and adds `vary` to all it serves.
    const hop = ['date', 'connection', 'keep-alive', 'content-length', 'transfer-encoding', 'vary']
    expect(names.filter((name) => !hop.includes(name)).sort()).toEqual([
      'cache-control',
      'content-type',
      'holdpoint-version',
      'x-content-type-options',
      'x-request-id',
    ])
    expect(new Set(names).size).toBe(names.length)
  })

  it('a refusal with the address of the page that explains its code', async () => {
    const { body } = await request('GET /api/runs/none')
    expect(/"doc_url":"([^"]+)"/.exec(body)?.[1]).toBe('http://localhost:3000/docs/errors/not_found')
  })

  it('HEAD as GET without the body', async () => {
    const got = await request('GET /api/agents')
    const head = await request('HEAD /api/agents')
    expect([head.status, head.body]).toEqual([200, ''])
    for (const name of ['content-type', 'cache-control', 'x-content-type-options'])
      expect(header(head, name)).toBe(header(got, name))
    expect((await request('HEAD /api/approvals/decisions')).status).toBe(405)
  })

  it.each([
    ['PUT /api/approvals', '405 method_not_allowed', 'GET, POST'],
    ['OPTIONS /api/approvals', '405 method_not_allowed', 'GET, POST'],
    ['GET /api/approvals/decisions', '405 method_not_allowed', 'POST'],
    ['OPTIONS /api/nothing', '404 not_found', undefined],
    ['GET /api', '404 not_found', undefined],
    ['GET /api/nothing', '404 not_found', undefined],
    ['POST /api/nothing/at/all', '404 not_found', undefined],
    ['GET /api/%61pprovals', '404 not_found', undefined],
    ['GET /api/runs/a%20b', '400 invalid_id', undefined],
    ['GET /api/approvals?limit=1&limit=2', '400 invalid_query', undefined],
    ['GET /api/approvals?q=%EF%BF%BD+%C3%A9', '200', undefined],
    ['GET /api/runs/../approvals', '200', undefined],
    ['GET /api/runs/%2e%2e/approvals', '200', undefined],
  ])('%s: %s', async (line, code, allow) => {
    const raw = await request(line)
    expect(codeOf(raw)).toBe(code)
    expect(header(raw, 'allow')).toBe(allow)
    if (raw.status >= 400) expect(header(raw, 'content-type')).toMatch(/^application\/problem\+json/)
  })

  it.each([
    ['GET /api/approvals/?limit=1', '/api/approvals'],
    ['POST /api/approvals/', '/api/approvals'],
    ['GET /api//approvals', '/api/approvals'],
    ['GET //api/approvals', '/api/approvals'],
    ['GET /api\\approvals', '/api/approvals'],
    ['GET /api/', undefined],
    ['GET /api//auth/csrf', undefined],
  ])('%s has a slash too many: refused, and %s named', async (line, address) => {
    const raw = await request(line)
    // Next answers before any code of ours, and sends elsewhere without a body.
    expect(codeOf(raw)).toBe(isNext ? '308' : '404 not_found')
    if (address && !isNext) expect(raw.body).toContain(`there is ${address}.`)
  })

  // Next hands the query on as the text that it made of it.
  it
    .skipIf(isNext)
    .each([
      'GET /api/approvals?q=%zz',
      'GET /api/approvals?agent=%ff',
      'GET /api/audit?limit=1&actor=%ed%a0%80',
      'POST /api/device?x=%ff',
    ])('%s: a query that is no text is refused', async (line) => {
    expect(codeOf(await request(line))).toBe('400 invalid_query')
  })

  it('what no address takes: refused, and nothing done', async () => {
    // Next answers a broken encoding and methods that it does not know before any code of ours, without a body.
    expect(codeOf(await request('GET /api/runs/%zz'))).toBe(isNext ? '500' : '400 invalid_id')
    expect(codeOf(await request('TRACE /api/approvals'))).toBe(isNext ? '500' : '405 method_not_allowed')
    expect(codeOf(await request('PROPFIND /api/approvals'))).toBe(isNext ? '400' : '405 method_not_allowed')
  })

  it('an id by its meaning, not its spelling', async () => {
    const { id } = await test.ask()
    expect((await request(`GET /api/approvals/${id.replace('a', '%61')}`)).status).toBe(200)
  })

  it('no more headers than that: those of pages are for pages, which are Next’s', async () => {
    const ofPages = ['x-frame-options', 'permissions-policy', 'cross-origin-opener-policy', 'referrer-policy']
    for (const path of ['/sign-in', '/api/auth/providers']) {
      const raw = await request(`GET ${path}`)
      for (const name of ofPages) expect([name, header(raw, name) !== undefined]).toEqual([name, isNext])
    }
  })

  it('headers that mean something to Next mean nothing to the API', async () => {
    const more = 'x-middleware-subrequest: proxy\r\nx-nextjs-data: 1\r\nNext-Router-Prefetch: 1\r\n'
    expect((await request('GET /api/approvals', more)).status).toBe(200)
    const body = 'Next-Action: 0\r\nContent-Type: application/json\r\nContent-Length: 2\r\n'
    expect(codeOf(await request('POST /api/approvals', body, '{}'))).toBe('422 invalid_input')
  })
})

describe('each method of each kind does its work', () => {
  const send = (method: string, path: string, token: string, body?: unknown, type = 'application/json') =>
    rest.call(method, path, { token, body, headers: { 'Content-Type': type } })

  it('of an agent: deploy, run, ask, decide, claim, result, step, checkpoint, end', async () => {
    const agent = test.agent.token
    const { token: owner } = await test.member('owner')
    const yaml = 'approval:\n  tools:\n    - pay\n'
    const deployed = await send('PUT', '/api/agents/shop', agent, yaml, 'application/yaml')
    expect([deployed.status, deployed.headers.get('etag')]).toEqual([201, '"1"'])
    expect((await send('PUT', '/api/agents/shop', agent, yaml, 'application/yaml')).status).toBe(200)
    const run = await send('POST', '/api/runs', agent, { agent: 'shop', external_id: 'o-1|a/b' })
    expect(run.status).toBe(201)
    const pays = '"tool":"pay","params":{"amount":9007199254740993}'
    const text = `{"run_id":"o-1|a/b","tool_call_id":"c",${pays}}`
    const asked = await send('POST', '/api/approvals', agent, text)
    expect([asked.status, asked.text.includes('9007199254740993')]).toEqual([201, true])
    const again = await send('POST', '/api/approvals', agent, text)
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([200, 'true'])
    const at = `/api/approvals/${String(asked.body.id)}`
    const waited = rest.call('GET', at, { token: agent, headers: { Prefer: 'wait=20' } })
    await expect.poll(() => countWaits(rest.db)).toBe(1)
    expect((await send('POST', `${at}/decisions`, owner, { decision: 'approve' })).status).toBe(201)
    const answer = await waited
    expect([answer.body.status, answer.headers.get('preference-applied')]).toEqual(['approved', 'wait=20'])
    const claimed = await send('POST', `${at}/claim`, agent, `{${pays}}`)
    expect(claimed.status).toBe(200)
    const calls = '/api/runs/o-1%7Ca%2Fb/tool-calls/c'
    expect((await send('POST', `${calls}/result`, agent, { status: 'succeeded', output: 1 })).status).toBe(
      200,
    )
    expect((await rest.call('GET', calls, { token: agent })).body.status).toBe('succeeded')
    const step = { kind: 'note', name: 'said', input: [1] }
    expect((await send('POST', '/api/runs/o-1%7Ca%2Fb/steps', agent, step)).status).toBe(201)
    const state = new Uint8Array([0, 255, 10])
    const kept = '/api/runs/o-1%7Ca%2Fb/checkpoint'
    expect((await send('PUT', kept, agent, state, 'image/png')).status).toBe(204)
    const bytes = await fetch(rest.url + kept, { headers: { Authorization: `Bearer ${agent}` } })
    expect([bytes.headers.get('content-type'), new Uint8Array(await bytes.arrayBuffer())]).toEqual([
      'image/png',
      state,
    ])
    const ended = await send('PATCH', '/api/runs/o-1%7Ca%2Fb', agent, { status: 'completed' })
    expect([ended.status, ended.body.status]).toEqual([200, 'completed'])
  })

  it('of a project: change, invite, remove, make and revoke a key, export', async () => {
    const { token } = await test.member('owner')
    expect((await send('PATCH', '/api/project', token, { audit_runs: true })).status).toBe(200)
    const invited = await send('POST', '/api/members', token, { email: 'new@example.com', role: 'viewer' })
    expect(invited.status).toBe(201)
    expect((await send('DELETE', `/api/members/${String(invited.body.id)}`, token)).status).toBe(204)
    const key = await send('POST', '/api/keys', token, { name: 'k' })
    expect(key.status).toBe(201)
    const revoked = await send('DELETE', `/api/keys/${String(key.body.id)}`, token)
    expect([revoked.status, revoked.text]).toEqual([204, ''])
    const csv = await send('POST', '/api/audit/export?format=csv', token)
    expect([csv.status, csv.headers.get('content-disposition')]).toEqual([
      200,
      `attachment; filename="audit-${test.project.slug}.csv"`,
    ])
    expect(csv.text).toContain('key.revoked')
  })

  it('of whoever operates it', async () => {
    const cron = await rest.call('POST', '/api/cron/expire', { token: 'cron-secret-for-tests' })
    expect([cron.status, cron.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8'])
    expect((await rest.call('GET', '/api/cron/expire')).status).toBe(401)
    expect((await rest.call('GET', '/api/metrics', { token: 'none' })).status).toBe(401)
    expect((await rest.call('GET', '/api/health/ready')).body).toEqual({ status: 'ready' })
    expect((await rest.call('GET', '/api/openapi.json')).body).toHaveProperty('paths./api/approvals.post')
  })
})

describe('an offer to go on in another protocol is ignored, before and after pages were served', () => {
  const h2c =
    'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\n'
  const socket =
    'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n'
  const body = 'Content-Type: application/json\r\nContent-Length: 2\r\n'

  async function offerAll(offer: string): Promise<string[]> {
    const { id } = await test.ask()
    const answers = await Promise.all([
      request('GET /api/approvals', offer),
      request('HEAD /api/approvals', offer),
      request('POST /api/approvals', offer + body, '{}'),
      request('PUT /api/agents/none', offer + body, '{}'),
      request('PATCH /api/runs/run_1', offer + body, '{}'),
      request('DELETE /api/keys/key_1', offer),
      request('OPTIONS /api/approvals', offer),
      request(`GET /api/approvals/${id}`, `${offer}Prefer: wait=1\r\n`),
      request('GET /api/approvals/stream', offer),
    ])
    return answers.map(codeOf)
  }
  const expected = [
    '200',
    '200',
    '422 invalid_input',
    '415 unsupported_media_type',
    '422 invalid_input',
    '403 forbidden',
    '405 method_not_allowed',
    '200',
    '200',
  ]

  it.each([
    ['h2c', h2c],
    ['websocket', socket],
    ['whatever else', 'Connection: upgrade\r\nUpgrade: TLS/1.0, IRC/6.9\r\n'],
  ])('%s', async (_, offer) => {
    expect(await offerAll(offer)).toEqual(expected)
    const page = await request('GET /sign-in', offer)
    // While nobody is known, the page leads to the set-up.
    expect(isNext ? [200, 307] : [404]).toContain(page.status)
    expect(await offerAll(offer)).toEqual(expected)
  })
})

describe('what a request is aimed at', () => {
  it.skipIf(isNext).each([
    ['GET http://holdpoint.example.com/api/health/live', '200'],
    ['GET HTTPS://other.example:8443/api/health/live?x=1', '200'],
    ['GET http://h/api/approvals?limit=0', '400 invalid_query'],
    ['POST http://h/api/health/live', '405 method_not_allowed'],
    ['GET http://h', '404 not_found'],
    ['GET http://h?q=1', '404 not_found'],
    ['GET ftp://h/api/health/live', '400 invalid_id'],
    ['GET *', '400 invalid_id'],
    ['OPTIONS *', '204'],
  ])('%s: %s', async (line, code) => {
    const raw = await request(line)
    expect(codeOf(raw)).toBe(code)
    if (code === '400 invalid_id') expect(raw.body).toContain('names no address')
  })

  it.skipIf(isNext)('OPTIONS * names the methods', async () => {
    expect(header(await request('OPTIONS *'), 'allow')).toBe('GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS')
  })

  it('CONNECT is refused in words; a method or head that is none by Node', async () => {
    expect((await request('CONNECT h:443')).status).toBe(405)
    expect((await request('FROBNICATE /api/approvals')).status).toBe(400)
    expect((await request(`GET /api/approvals?q=${'a'.repeat(20_000)}`)).status).toBe(431)
    expect((await request('GET /api/approvals', `X-Long: ${'a'.repeat(20_000)}\r\n`)).status).toBe(431)
  })
})

describe('bodies', () => {
  const json = 'Content-Type: application/json\r\n'

  it.each([
    ['gzip, and it is', 'gzip', gzipSync('{}')],
    ['gzip, but plain', 'gzip', Buffer.from('{}')],
    ['br', 'br', Buffer.from('{}')],
    ['identity and more', 'identity, deflate', Buffer.from('{}')],
  ])('labelled %s', async (_, coding, body) => {
    for (const [method, path, type] of [
      ['POST', '/api/approvals', 'application/json'],
      ['PUT', '/api/agents/none', 'application/yaml'],
      ['PUT', '/api/runs/none/checkpoint', 'image/png'],
    ] as const) {
      const headers = { 'Content-Encoding': coding, 'Content-Type': type }
      const answer = await rest.call(method, path, { token: test.agent.token, headers, body })
      expect([answer.status, answer.headers.get('accept-encoding')]).toEqual([415, 'identity'])
    }
  })

  it.each([
    ['application/json', 'identity'],
    ['text/json', ''],
    ['application/json; charset=us-ascii', ''],
    ['application/json;charset="UTF-8"', ''],
    ['application/vnd.agent+json', ''],
  ])('of type %s are JSON', async (type, coding) => {
    const headers = { 'Content-Type': type, ...(coding && { 'Content-Encoding': coding }) }
    const answer = await rest.call('POST', '/api/approvals', { token: test.agent.token, headers, body: '{}' })
    expect(answer.body.code).toBe('invalid_input')
  })

  it.each(['text/plain', 'application/json; charset=latin1', 'text/html+json'])(
    'of type %s are not',
    async (type) => {
      const headers = { 'Content-Type': type }
      const answer = await rest.call('POST', '/api/approvals', {
        token: test.agent.token,
        headers,
        body: '{}',
      })
      expect([answer.status, answer.headers.get('accept')]).toEqual([415, 'application/json'])
    },
  )

  it.each([
    ['announced as too large', `${json}Content-Length: 300000\r\n`, '{"a":1', '413 body_too_large'],
    [
      'too large by the piece',
      `${json}Transfer-Encoding: chunked\r\n`,
      `50000\r\n${'x'.repeat(0x50000)}\r\n0\r\n\r\n`,
      '413 body_too_large',
    ],
    ['by the piece', `${json}Transfer-Encoding: chunked\r\n`, '2\r\n{}\r\n0\r\n\r\n', '422 invalid_input'],
    ['expected first', `${json}Expect: 100-continue\r\nContent-Length: 2\r\n`, '{}', '422 invalid_input'],
    ['of no length', json, '', '400 malformed_body'],
    [
      'of another type',
      'Content-Type: text/plain\r\nContent-Length: 2\r\n',
      '{}',
      '415 unsupported_media_type',
    ],
  ])('%s', async (_, more, body, code) => {
    const raw = await request('POST /api/approvals', more, body)
    const answer = raw.status === 100 ? parse(raw.body, raw.isClosed) : raw
    expect(codeOf(answer)).toBe(code)
    if (answer.status === 413)
      expect([header(answer, 'connection'), answer.isClosed]).toEqual(['close', true])
  })
})

describe('a slow caller', () => {
  it('has more time than the database: a body that takes five seconds is read', async () => {
    const socket = connect(Number(new URL(rest.url).port), '127.0.0.1')
    let got = ''
    socket.on('data', (data) => (got += data.toString('latin1')))
    const type = 'Content-Type: application/json\r\nContent-Length: 10\r\n'
    socket.write(`POST /api/approvals HTTP/1.1\r\n${credentials}${type}\r\n`)
    for (const piece of ['{"a', '":', '1', '   }']) {
      socket.write(piece)
      await new Promise((done) => setTimeout(done, 1300))
    }
    await expect.poll(() => codeOf(parse(got, false))).toBe('422 unknown_field')
    socket.destroy()
  })
})

describe('connections', () => {
  it('close where the caller asks for it, and are kept elsewhere', async () => {
    const closing = await request('GET /api/health/live', 'Connection: close\r\n')
    expect([closing.status, closing.isClosed]).toEqual([200, true])
    expect((await request('GET /api/health/live')).isClosed).toBe(false)
    const twice = `GET /api/health/live HTTP/1.1\r\n${credentials}\r\n`
    expect((await send(twice + twice)).body.match(/\{"status":"live"\}/g)).toHaveLength(2)
  })

  it('that are hung up end the wait that they held', async () => {
    const { id } = await test.ask()
    const hangUp = new AbortController()
    const wait = rest
      .call('GET', `/api/approvals/${id}`, {
        token: test.agent.token,
        headers: { Prefer: 'wait=50' },
        signal: hangUp.signal,
      })
      .then(
        () => 'answered',
        () => 'hung up',
      )
    await expect.poll(() => countWaits(rest.db)).toBe(1)
    hangUp.abort()
    expect(await wait).toBe('hung up')
    await expect.poll(() => countWaits(rest.db)).toBe(0)
  })

  it('stream events as they happen, and end when the caller has gone', async () => {
    const before = openStreams()
    const hangUp = new AbortController()
    const response = await fetch(`${rest.url}/api/approvals/stream`, {
      headers: { Authorization: `Bearer ${test.agent.token}` },
      signal: hangUp.signal,
    })
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(response.headers.get('cache-control')).toContain('no-transform')
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    const read = async (wanted: string) => {
      for (let got = ''; !got.includes(wanted);) got += (await reader?.read())?.value ?? ''
    }
    await read(': here')
    expect(openStreams()).toBe(before + 1)
    for (let i = 0; i < 2; i++) await read((await test.ask()).id)
    hangUp.abort()
    await expect.poll(openStreams).toBe(before)
  })
})

function openStreams(): number {
  const key = Symbol.for('holdpoint.open-streams')
  return (globalThis as unknown as Record<symbol, Set<unknown>>)[key]?.size ?? 0
}

describe('a browser session', () => {
  it('reads, and changes something only from our own pages; a broken cookie is nobody’s', async () => {
    const owner = await test.member('owner')
    const { token } = await startSession(rest.db, owner.actor.id)
    const cookie = `next-auth.session-token=${token}`
    const { id } = await test.ask()
    const decide = (headers: Record<string, string>) =>
      rest.call('POST', `/api/approvals/${id}/decisions`, { headers, body: { decision: 'approve' } })
    expect((await rest.call('GET', '/api/approvals', { headers: { cookie } })).status).toBe(200)
    expect((await decide({ cookie })).body.code).toBe('forbidden')
    expect((await decide({ cookie, origin: 'https://evil.example' })).body.code).toBe('forbidden')
    expect((await decide({ cookie, origin: 'http://localhost:3000' })).status).toBe(201)
    const broken = await rest.call('GET', '/api/approvals', {
      headers: { cookie: 'next-auth.session-token=%zz' },
    })
    expect([broken.status, broken.body.code]).toEqual([401, 'unauthenticated'])
  })
})
