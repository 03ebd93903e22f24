import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Http, type Answer, type Request } from './http.ts'
import { toMs } from './wait.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
})
afterEach(() => vi.useRealTimers())

type Reply = (init: RequestInit) => Response | Promise<Response>

const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  Response.json(body, { status, headers })
const problem = (status: number, code: string, headers = {}) =>
  json({ status, code, detail: `It is ${code}.` }, status, headers)
const never = () => new Promise<Response>(() => {})

/** Sends one request, answered by one reply after the other and by the last for ever; the clock runs by itself. */
async function send(replies: Reply[], request: Partial<Request<unknown>> = {}, patience = '10m') {
  const sent: { at: number; headers: Headers; signal: AbortSignal | null | undefined }[] = []
  const failures: string[] = []
  const begun = performance.now()
  const http = new Http({
    url: 'https://holdpoint.example',
    key: 'hpa_1',
    patienceMs: toMs(patience),
    onFailure: (reason) => failures.push(reason),
    fetch: async (_, init = {}) => {
      sent.push({
        at: Math.round(performance.now() - begun),
        headers: new Headers(init.headers),
        signal: init.signal,
      })
      const reply = replies.length > 1 ? replies.shift() : replies[0]
      return (reply ?? never)(init)
    },
  })
  let end: unknown
  const sending = http
    .send(
      Object.assign(request, {
        method: 'POST' as const,
        path: '/approvals',
        read: ({ body }: Answer) => body,
      }),
    )
    .then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    )
    .then((outcome) => (end = outcome))
  while (end === undefined) await vi.advanceTimersByTimeAsync(100)
  const { value, error } = (await sending) as {
    value?: unknown
    error?: Error & { status?: number; cause?: Error }
  }
  return { value, error, sent, failures, ms: Math.round(performance.now() - begun) }
}

describe('a request is sent again', () => {
  test.each<[string, Reply]>([
    [
      'where nobody answers',
      () => Promise.reject(new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') })),
    ],
    ['after 500', () => problem(500, 'internal')],
    ['after 503', () => problem(503, 'unavailable')],
    ['after 429', () => problem(429, 'rate_limited')],
    ['after 408', () => problem(408, 'body_too_slow')],
    ['while the agent is paused', () => problem(409, 'agent_paused')],
    [
      'where something else answers',
      () => new Response('<html>', { headers: { 'content-type': 'text/html' } }),
    ],
  ])('%s', async (_, failing) => {
    const { value, sent, failures } = await send([failing, failing, () => json({ yes: 1 })])
    expect(value).toEqual({ yes: 1 })
    expect(sent).toHaveLength(3)
    expect(failures).toHaveLength(2)
  })

  test('ever later, with jitter, up to 15 s apart', async () => {
    const { sent, ms, error } = await send([() => problem(500, 'internal')])
    const gaps = sent.slice(1).map(({ at }, i) => at - (sent[i]?.at ?? 0))
    gaps.forEach((gap, i) => {
      const most = Math.min(15_000, 500 * 2 ** i)
      expect(gap).toBeGreaterThanOrEqual(Math.floor(most / 2))
      expect(gap).toBeLessThanOrEqual(most + 1)
    })
    expect(new Set(gaps.slice(6)).size).toBeGreaterThan(gaps.length / 2 - 6)
    expect(error).toMatchObject({ name: 'Unavailable', status: 500 })
    expect(ms).toBeGreaterThanOrEqual(600_000)
    expect(ms).toBeLessThan(600_200)
  })

  test('of a paused agent until the patience is over, which it then says', async () => {
    const { error, ms } = await send([() => problem(409, 'agent_paused', { 'Retry-After': '60' })])
    expect(error).toMatchObject({ name: 'Unavailable', code: 'agent_paused', status: 409 })
    expect(ms).toBeGreaterThanOrEqual(600_000)
  })

  test.each<[string, string, Reply]>([
    ['a paused agent', 'agent_paused', () => problem(409, 'agent_paused')],
    ['a redirect', 'unavailable', () => new Response(null, { status: 302, headers: { location: '/else' } })],
  ])('and %s is still named where patience cuts the last try short', async (_, code, first) => {
    const { error, failures } = await send([first, never], {}, '5s')
    expect(error).toMatchObject({ code, status: code === 'agent_paused' ? 409 : 302 })
    expect(error?.message).toContain(failures[0])
    expect(failures.at(-1)).toMatch(/^no answer within/)
  })

  test('no sooner than Retry-After says', async () => {
    const busy = problem(503, 'unavailable', { 'Retry-After': '30' })
    const { sent } = await send([() => busy, () => json({})])
    expect(sent[1]?.at).toBeGreaterThanOrEqual(30_000)
    expect(sent[1]?.at).toBeLessThan(31_000)
  })
})

describe('a request ends', () => {
  test('after 20 s without an answer, and is sent again', async () => {
    const { sent, ms, error, failures } = await send([never], {}, '1m')
    expect(sent[0]?.signal?.aborted).toBe(true)
    expect(sent[1]?.at).toBeGreaterThan(20_000)
    expect(failures[0]).toBe('no answer within 20 s')
    expect(error).toMatchObject({
      name: 'Unavailable',
      message: expect.stringContaining('no answer within') as string,
    })
    expect(ms).toBeGreaterThanOrEqual(60_000)
    expect(ms).toBeLessThan(60_200)
  })

  test('no sooner while it may be held, and holding is not failing', async () => {
    const slow = () => new Promise<Response>((done) => setTimeout(() => done(json({ late: 1 })), 60_000))
    expect(await send([slow], { wait: 50 }, '30s')).toMatchObject({ value: { late: 1 } })
    const silent = await send([never], { wait: 50 }, '30s')
    expect(silent.error?.name).toBe('Unavailable')
    expect(silent.ms).toBeGreaterThanOrEqual(80_000)
    expect(silent.ms).toBeLessThan(80_200)
    expect(silent.sent.map(({ headers }) => headers.get('prefer'))).toEqual(['wait=50', null])
  })

  test.each([
    [400, 'invalid_id'],
    [401, 'unauthenticated'],
    [403, 'agent_key_required'],
    [404, 'not_found'],
    [409, 'idempotency_mismatch'],
    [413, 'body_too_large'],
    [422, 'agent_not_deployed'],
  ])('at once with Holdpoint’s own no: %d %s', async (status, code) => {
    const { error, sent } = await send([() => problem(status, code)])
    expect(error).toMatchObject({ name: 'Problem', status, code, message: `It is ${code}.`, errors: [] })
    expect(sent).toHaveLength(1)
  })

  test('at once with a signal, by its reason', async () => {
    const ending = new AbortController()
    setTimeout(() => ending.abort(new Error('enough')), 5000)
    const cut = await send([never], { signals: [undefined, ending.signal] })
    expect(cut).toMatchObject({ error: { message: 'enough' }, ms: 5000 })
    const before = await send([never], { signals: [AbortSignal.abort(new Error('before'))] })
    expect(before.error?.message).toBe('before')
    const between = new AbortController()
    setTimeout(() => between.abort(new Error('between')), 5000)
    const slept = await send([() => problem(503, 'unavailable', { 'Retry-After': '60' })], {
      signals: [between.signal],
    })
    expect(slept).toMatchObject({ error: { message: 'between' }, ms: 5000 })
  })

  test('with the others that wait for the same signal, of which Node does not warn', async () => {
    const warnings: Error[] = []
    const warned = (warning: Error) => void warnings.push(warning)
    process.on('warning', warned)
    const ending = new AbortController()
    const waits = Array.from({ length: 30 }, () => send([never], { signals: [ending.signal] }))
    setTimeout(() => ending.abort(new Error('enough')), 500)
    const messages = (await Promise.all(waits)).map(({ error }) => error?.message)
    await new Promise((done) => setImmediate(done))
    process.off('warning', warned)
    expect(new Set(messages)).toEqual(new Set(['enough']))
    expect(warnings).toEqual([])
  })

  test('with what was last in the way', async () => {
    const refused = () =>
      Promise.reject(new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') }))
    const { error } = await send([refused], {}, '1s')
    expect(error?.message).toBe(
      'No answer of Holdpoint at https://holdpoint.example counts: connect ECONNREFUSED.',
    )
    expect(error).toMatchObject({ cause: { message: 'fetch failed' } })
    const busy = await send([() => problem(429, 'too_many_pending')], {}, '1s')
    expect(busy.error?.message).toMatch(/ counts: It is too_many_pending\.$/)
    expect(busy.error).toMatchObject({ status: 429, cause: { cause: { code: 'too_many_pending' } } })
  })
})

test('where the server holds too many answers it is asked without', async () => {
  const request: Partial<Request<unknown>> = { wait: 50 }
  const { sent, failures } = await send([() => problem(429, 'too_many_waits'), () => json({})], request)
  expect(sent.map(({ headers }) => headers.get('prefer'))).toEqual(['wait=50', null])
  expect(request.wait).toBe(0)
  expect(failures).toEqual([])
})

test('the key goes along, and nothing else that was not asked for', async () => {
  const { sent } = await send([() => json({})], { body: '{}' })
  expect(Object.fromEntries(sent[0]?.headers ?? [])).toEqual({
    accept: 'application/json',
    authorization: 'Bearer hpa_1',
    'content-type': 'application/json',
  })
})

test('spans are read', () => {
  expect(['10m', '30s', '1.5h', '250ms', 40].map(toMs)).toEqual([600_000, 30_000, 5_400_000, 250, 40])
  for (const none of ['', '10', '0s', '-1s', '1d', NaN, 0, -5]) expect(() => toMs(none)).toThrow(TypeError)
})
