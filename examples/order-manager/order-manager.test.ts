import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { Gate, type Call, type Tool } from './gate'
import { Halt, Holdpoint, type Json } from './holdpoint'

const call: Call = { run: 'run_1', id: 'call_1', tool: 'refund', params: { amount: 2400 } }
const ask = 'POST /api/approvals'
const claim = 'POST /api/approvals/apr_1/claim'
const result = 'POST /api/runs/run_1/tool-calls/call_1/result'
const look = 'GET /api/runs/run_1/tool-calls/call_1'

type Reply = {
  status?: number
  body?: unknown
  text?: string
  headers?: Record<string, string>
  drop?: boolean
}
type Script = Record<string, Reply | Reply[]>
type Asked = { what: string; body: Json; headers: IncomingHttpHeaders }

let server: Server | undefined
afterEach(async () => {
  server?.closeAllConnections()
  await new Promise((done) => (server ? server.close(done) : done(undefined)))
  server = undefined
})

/** Stands in for Holdpoint: each address answers in turn, the last answer again and again. */
async function serve(script: Script): Promise<{ url: string; gate: Gate; asked: Asked[] }> {
  const asked: Asked[] = []
  server = createServer(async (request, response) => {
    const what = `${request.method} ${request.url}`
    let text = ''
    for await (const chunk of request) text += String(chunk)
    asked.push({ what, body: text ? (JSON.parse(text) as Json) : {}, headers: request.headers })
    const replies = [script[what] ?? { status: 404, body: { code: 'not_found', detail: 'no' } }].flat()
    const before = asked.filter((one) => one.what === what).length - 1
    const reply = replies[Math.min(before, replies.length - 1)] ?? {}
    if (reply.drop) return response.destroy()
    response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers })
    response.end(reply.text ?? JSON.stringify(reply.body))
  })
  await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, gate: gateTo(url), asked }
}

function gateTo(url: string): Gate {
  return new Gate(new Holdpoint({ url, key: 'hpa_test', patienceMs: 60, pauseMs: 20 }))
}

/** A tool that counts its runs; `earlier` is what its own books say. */
function counting(earlier?: Json): Tool & { runs: string[] } {
  const runs: string[] = []
  return {
    runs,
    run: async ({ id }) => {
      runs.push(id)
      return { refunded: true }
    },
    earlierOutput: async () => earlier,
  }
}

function approval(status: string, action: string, more: Json = {}): Reply {
  const next = { action, message: `message of ${action}` }
  return { body: { required: true, id: 'apr_1', tool_call_id: 'call_1', status, next, url: '', ...more } }
}

function problem(status: number, code: string, about?: Reply): Reply {
  return { status, body: { code, detail: `detail of ${code}`, ...(about ? { approval: about.body } : {}) } }
}

const free = { body: { required: false, tool_call_id: 'call_1' } }
const pending = approval('pending', 'wait', { expires_at: '2030-01-01T00:00:00Z', message: null })
const approved = approval('approved', 'execute')
const claimed = approval('approved', 'done', { claimed_at: '2026-01-01T00:00:00Z' })
const granted = approval('approved', 'done', { claimed_at: '2026-01-01T00:00:00Z' })
const unsettled = { body: { status: 'running', output: null, error: null } }

const noes: [string, Script][] = [
  ['500', { [ask]: { status: 500, body: {} } }],
  ['503', { [ask]: { status: 503, body: { code: 'unavailable' } } }],
  ['503 with words that allow', { [ask]: { status: 503, ...free } }],
  ['429', { [ask]: { status: 429, body: {} } }],
  ['401', { [ask]: problem(401, 'unauthenticated') }],
  ['run_finished', { [ask]: problem(409, 'run_finished') }],
  ['a broken connection', { [ask]: { drop: true } }],
  ['a page of something in between', { [ask]: { text: '<html>Welcome to our Wi-Fi</html>' } }],
  ['an empty answer', { [ask]: { text: '' } }],
  ['half an answer', { [ask]: { text: '{"required":false,"tool_call_id":"call_1"' } }],
  ['an answer without `required`', { [ask]: { body: { tool_call_id: 'call_1' } } }],
  ['an answer about another call', { [ask]: { body: { required: false, tool_call_id: 'call_2' } } }],
  ['`required` as text', { [ask]: { body: { required: 'false', tool_call_id: 'call_1' } } }],
  ['a redirect', { [ask]: { status: 307, headers: { location: '/free' } }, 'POST /free': free }],
  ['an action that is not known', { [ask]: approval('approved', 'go_ahead') }],
  ['pending, then gone', { [ask]: [pending, { drop: true }] }],
  ['approved, claim 500', { [ask]: approved, [claim]: { status: 500, body: {} } }],
  ['approved, claim cut off', { [ask]: approved, [claim]: { drop: true } }],
  ['approved, claim answered by something else', { [ask]: approved, [claim]: { body: {} } }],
  ['approved, claim refused', { [ask]: approved, [claim]: problem(409, 'not_approved', pending) }],
  ['approved, other params', { [ask]: approved, [claim]: problem(409, 'params_mismatch', approved) }],
  ['approved, claim of a stranger', { [ask]: approved, [claim]: problem(404, 'not_found') }],
]

describe('no tool runs on', () => {
  test.each(noes)('%s', async (_name, script) => {
    const { gate } = await serve(script)
    const tool = counting()
    await expect(gate.call(call, tool)).rejects.toThrow(Halt)
    expect(tool.runs).toEqual([])
  })

  test('an address where nobody listens', async () => {
    const { url } = await serve({})
    await new Promise((done) => server?.close(done))
    const tool = counting()
    await expect(gateTo(url).call(call, tool)).rejects.toThrow(/does not answer/)
    expect(tool.runs).toEqual([])
  })

  test.each([
    ['rejected', 'stop', 'stop'],
    ['rejected', 'continue', 'on'],
    ['expired', 'stop', 'stop'],
    ['expired', 'continue', 'on'],
    ['cancelled', 'stop', 'stop'],
  ])('%s with %s, and the model learns why', async (status, action, go) => {
    const { gate } = await serve({ [ask]: [pending, approval(status, action)] })
    const tool = counting()
    const outcome = { kind: 'refused', because: status, go, message: `message of ${action}` }
    expect(await gate.call(call, tool)).toEqual(outcome)
    expect(tool.runs).toEqual([])
  })

  test('an approval that was withdrawn between asking and claiming', async () => {
    const { gate } = await serve({
      [ask]: approved,
      [claim]: problem(409, 'run_finished', approval('approved', 'stop')),
    })
    const tool = counting()
    expect(await gate.call(call, tool)).toMatchObject({ kind: 'refused', go: 'stop' })
    expect(tool.runs).toEqual([])
  })

  test('a call that asks again for ever', async () => {
    const { gate, asked } = await serve({ [ask]: approval('cancelled', 'ask_again') })
    await expect(gate.call(call, counting())).rejects.toThrow(Halt)
    expect(asked.map(({ body }) => body.tool_call_id)).toEqual(['call_1', 'call_1.2'])
  })
})

describe('a tool runs once', () => {
  test('where no approval is needed, and its result is recorded', async () => {
    const { gate, asked } = await serve({ [ask]: free, [result]: { body: {} } })
    const tool = counting()
    expect(await gate.call(call, tool)).toEqual({
      kind: 'ran',
      result: { status: 'succeeded', output: { refunded: true } },
    })
    expect(tool.runs).toEqual(['call_1'])
    expect(asked.map(({ what }) => what)).toEqual([ask, result])
    expect(asked[1]?.body).toEqual({ status: 'succeeded', output: { refunded: true } })
  })

  test('after a wait, a decision and a claim of exactly what was asked for', async () => {
    const { gate, asked } = await serve({
      [ask]: [pending, approved],
      [claim]: granted,
      [result]: { body: {} },
    })
    const tool = counting()
    await gate.call(call, tool)
    expect(tool.runs).toEqual(['call_1'])
    expect(asked.map(({ what }) => what)).toEqual([ask, ask, claim, result])
    expect(asked.map(({ headers }) => headers.prefer)).toEqual([undefined, 'wait=50', undefined, undefined])
    expect(asked[2]?.body).toEqual({ tool: 'refund', params: { amount: 2400 } })
  })

  test('although asking, claiming and recording had to be tried again', async () => {
    const failing = { status: 503, body: {} }
    const { gate } = await serve({
      [ask]: [failing, approved],
      [claim]: [failing, granted],
      [result]: [{ drop: true }, { body: {} }],
    })
    const tool = counting()
    await gate.call(call, tool)
    expect(tool.runs).toEqual(['call_1'])
  })

  test('and its failure is recorded as one', async () => {
    const { gate, asked } = await serve({ [ask]: free, [result]: { body: {} } })
    const tool = { ...counting(), run: () => Promise.reject(new Error('card declined')) }
    expect(await gate.call(call, tool)).toMatchObject({ result: { status: 'failed' } })
    expect(asked[1]?.body).toEqual({ status: 'failed', error: { message: 'card declined' } })
  })

  test('but a tool that cannot tell whether it ran leaves the result open', async () => {
    const { gate, asked } = await serve({ [ask]: free, [result]: { body: {} } })
    const tool = { ...counting(), run: () => Promise.reject(new Halt('the books are damaged')) }
    await expect(gate.call(call, tool)).rejects.toThrow('the books are damaged')
    expect(asked.map(({ what }) => what)).toEqual([ask])
  })
})

describe('an agent that comes back', () => {
  const replayed = { headers: { 'idempotency-replayed': 'true' } }

  test('runs an ungated call that its books do not know', async () => {
    const { gate } = await serve({
      [ask]: { ...free, ...replayed },
      [look]: unsettled,
      [result]: { body: {} },
    })
    const tool = counting()
    await gate.call(call, tool)
    expect(tool.runs).toEqual(['call_1'])
  })

  test('records what its books know, and does not run it again', async () => {
    for (const first of [{ ...free, ...replayed }, claimed]) {
      const { gate, asked } = await serve({ [ask]: first, [look]: unsettled, [result]: { body: {} } })
      const tool = counting({ refunded: 'before' })
      const outcome = { kind: 'ran', result: { status: 'succeeded', output: { refunded: 'before' } } }
      expect(await gate.call(call, tool)).toEqual(outcome)
      expect(tool.runs).toEqual([])
      expect(asked.at(-1)?.body).toEqual(outcome.result)
    }
  })

  test('takes a recorded result as it is', async () => {
    const { gate, asked } = await serve({
      [ask]: claimed,
      [look]: { body: { status: 'failed', error: 'declined' } },
    })
    const tool = counting()
    expect(await gate.call(call, tool)).toEqual({
      kind: 'ran',
      result: { status: 'failed', error: 'declined' },
    })
    expect(tool.runs).toEqual([])
    expect(asked.map(({ what }) => what)).toEqual([ask, look])
  })

  test('never runs on a spent claim: it says so and asks anew', async () => {
    const didNotRun = { status: 'failed', error: { code: 'did_not_run' } }
    const again = approval('rejected', 'stop', { tool_call_id: 'call_1.2' })
    const { gate, asked } = await serve({
      [ask]: [claimed, again],
      [look]: unsettled,
      [result]: { body: {} },
    })
    const tool = counting()
    expect(await gate.call(call, tool)).toMatchObject({ kind: 'refused', because: 'rejected' })
    expect(tool.runs).toEqual([])
    expect(asked[2]).toMatchObject({ what: result, body: didNotRun })
    expect(asked[3]?.body).toMatchObject({ tool_call_id: 'call_1.2', params: call.params })
  })

  test('finds its way past a call that never ran', async () => {
    const didNotRun = { body: { status: 'failed', error: { code: 'did_not_run' } } }
    const again = approval('expired', 'continue', { tool_call_id: 'call_1.2' })
    const { gate } = await serve({ [ask]: [claimed, again], [look]: didNotRun })
    expect(await gate.call(call, counting())).toMatchObject({ kind: 'refused', go: 'on' })
  })

  test('takes an answer to its claim that got lost for a no', async () => {
    const again = approval('rejected', 'stop', { tool_call_id: 'call_1.2' })
    const { gate } = await serve({
      [ask]: [approved, again],
      [claim]: [{ drop: true }, problem(409, 'already_claimed', claimed)],
      [look]: unsettled,
      [result]: { body: {} },
    })
    const tool = counting()
    expect(await gate.call(call, tool)).toMatchObject({ kind: 'refused' })
    expect(tool.runs).toEqual([])
  })

  test('believes the result that another told first', async () => {
    const { gate } = await serve({
      [ask]: free,
      [result]: problem(409, 'result_recorded'),
      [look]: { body: { status: 'succeeded', output: 'theirs' } },
    })
    expect(await gate.call(call, counting())).toEqual({
      kind: 'ran',
      result: { status: 'succeeded', output: 'theirs' },
    })
  })
})
