import { request } from 'node:http'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { closeStreams } from '@/lib/http/sse'
import { makeAgents, type Agents } from '@/lib/testing/agent'
import { startRest, type Rest } from '@/lib/testing/rest'

let rest: Rest
let agents: Agents
beforeAll(async () => {
  rest = await startRest()
  agents = await makeAgents(rest)
})
afterAll(() => rest.close())

type Json = Record<string, unknown>
type Call = { session: string; callId: string; tool: string }
const names = ['claude', 'codex', 'cursor', 'copilot'] as const
type Name = (typeof names)[number]

let calls = 0
const callOf = (tool: string): Call => ({ session: `session-${++calls}`, callId: `toolu_${calls}`, tool })
const params = { command: 'make deploy' }

function told(name: Name, { session, callId, tool }: Call, event: string, more: Json = {}): Json {
  const common = { tool_name: tool, tool_input: params, tool_use_id: callId, cwd: '/home/ada/shop', ...more }
  if (name === 'cursor')
    return { hook_event_name: event.replace('P', 'p'), conversation_id: session, ...common }
  return { hook_event_name: event, session_id: session, timestamp: '2026-01-01T00:00:00.000Z', ...common }
}

async function send(name: Name, body: unknown, query = '?agent=tester') {
  const {
    status,
    body: answer,
    text,
  } = await rest.call('POST', `/api/hooks/${name}${query}`, { token: agents.token, body })
  return { status, answer, text }
}

const before = (name: Name, call: Call, query?: string) => send(name, told(name, call, 'PreToolUse'), query)

const after = (name: Name, call: Call, output: string) => {
  const more = { tool_response: output, tool_output: JSON.stringify(output) }
  return send(name, told(name, call, 'PostToolUse', more))
}

const permissionOf = (answer: Json) =>
  answer.permission ??
  answer.permissionDecision ??
  (answer.hookSpecificOutput as Json | undefined)?.permissionDecision
const reasonOf = (answer: Json) =>
  String(answer.user_message ?? (answer.hookSpecificOutput as Json | undefined)?.permissionDecisionReason)

async function statusesOf({ session }: Call) {
  const { body } = await rest.call('GET', `/api/runs/${session}`, { token: agents.token })
  return (body.steps as Json[]).map(({ status }) => status)
}

describe.concurrent.each(names)('the hook of %s', (name) => {
  test('lets go on what no rule asks for, and records what came of it', async () => {
    const call = callOf('lookup')
    expect(permissionOf((await before(name, call)).answer)).toBe(name === 'cursor' ? 'allow' : undefined)
    expect(await after(name, call, 'deployed')).toMatchObject({ status: 200, answer: {} })
    await after(name, call, 'another')
    const { body } = await rest.call('GET', `/api/runs/${call.session}`, { token: agents.token })
    expect(body.steps).toMatchObject([{ status: 'succeeded', output: 'deployed', params }])
    expect(body).toMatchObject({ agent: 'tester', external_id: call.session })
  })

  test('holds what a rule asks for, and lets it run once', async () => {
    const call = callOf('gated')
    const waiting = before(name, call)
    await agents.decide(call.callId, 'approve')
    expect(permissionOf((await waiting).answer)).toBe(
      { claude: 'allow', codex: undefined, cursor: 'allow', copilot: 'allow' }[name],
    )
    expect(permissionOf((await before(name, call)).answer)).toBe('deny')
    await after(name, call, 'deployed')
    expect(reasonOf((await before(name, call)).answer)).toContain('It gave back: "deployed"')
    expect(await statusesOf(call)).toEqual(['succeeded'])
  })

  test('tells a rejection, and ends the session where that ends the run', async () => {
    const call = callOf('gated')
    const waiting = before(name, call)
    await agents.decide(call.callId, 'reject', 'Never.')
    const next = before(name, { ...call, callId: `${call.callId}.b` })
    for (const { answer } of [await waiting, await next]) {
      expect(permissionOf(answer)).toBe('deny')
      expect(answer.continue).toBe(name === 'claude' ? false : undefined)
    }
    expect(reasonOf((await waiting).answer)).toContain('Never.')
    const soft = callOf('soft')
    const held = before(name, soft)
    await agents.expire(soft.callId)
    expect(reasonOf((await held).answer)).toMatch(/expired|nobody decided/i)
    await after(name, soft, 'ran anyway')
    expect(await statusesOf(soft)).toEqual(['expired'])
  })

  test('asks again for what was approved too long ago', async () => {
    const call = callOf('gated')
    const ending = new AbortController()
    const gone = rest.call('POST', `/api/hooks/${name}?agent=tester`, {
      token: agents.token,
      body: told(name, call, 'PreToolUse'),
      signal: ending.signal,
    })
    await agents.held(call.callId)
    ending.abort()
    await expect(gone).rejects.toThrow()
    await agents.decide(call.callId, 'approve')
    // nobody was there any more: it is not claimed
    expect(await statusesOf(call)).toEqual(['approved'])
    await agents.lapse(call.callId)
    const again = before(name, call)
    await agents.decide(`${call.callId}.2`, 'approve')
    expect(permissionOf((await again).answer)).not.toBe('deny')
    await after(name, call, 'deployed')
    expect(await statusesOf(call)).toEqual(['approved', 'succeeded'])
  })

  test('of two for one call lets one go on, ten times', async () => {
    for (let round = 0; round < 10; round++) {
      const call = callOf(round % 2 === 0 ? 'gated' : 'lookup')
      const both = [before(name, call), before(name, call)]
      if (round % 2 === 0) await agents.decide(call.callId, 'approve')
      const denied = (await Promise.all(both)).filter(({ answer }) => permissionOf(answer) === 'deny')
      expect(denied).toHaveLength(1)
    }
  })

  test.each<[string, Json, RegExp]>([
    ['another event', { hook_event_name: 'Stop' }, /called for Stop/],
    ['no session', { session_id: null, conversation_id: null }, /not told/],
    ['a session that is no id', { session_id: 'a b', conversation_id: 'a b' }, /id/i],
    ['a tool that is none', { tool_name: 'no tool!' }, /A tool name is/],
  ])('refuses %s', async (_, more, words) => {
    const { status, answer } = await send(name, { ...told(name, callOf('lookup'), 'PreToolUse'), ...more })
    expect([status, permissionOf(answer)]).toEqual([200, 'deny'])
    expect(reasonOf(answer)).toMatch(words)
  })
})

test('an agent that nobody deployed is refused, and named as the coding agent where none is named', async () => {
  const { answer } = await before('claude', callOf('lookup'), '')
  expect(permissionOf(answer)).toBe('deny')
  expect(reasonOf(answer)).toMatch(/claude-code|deployed/)
})

test('whose credential is none, or none that may, is refused by status', async () => {
  const body = told('claude', callOf('lookup'), 'PreToolUse')
  expect((await rest.call('POST', '/api/hooks/claude', { body })).status).toBe(401)
  expect((await rest.call('POST', '/api/hooks/claude', { body, token: agents.reviewer.token })).status).toBe(
    403,
  )
  expect((await rest.call('POST', '/api/hooks/emacs', { body, token: agents.token })).status).toBe(400)
  expect((await send('claude', '{"hook_event_name":')).status).toBe(400)
  expect((await send('claude', [])).status).toBe(422)
  expect((await send('claude', body, '?agent=tester&park=2')).status).toBe(400)
})

test('what a call says cannot be taken for the address or the query', async () => {
  const call = callOf('gated')
  const body = { ...told('claude', call, 'PreToolUse'), dialect: 'cursor', agent: 'nobody', park: '1' }
  const waiting = send('claude', body)
  await agents.decide(call.callId, 'approve')
  expect(permissionOf((await waiting).answer)).toBe('allow')
})

test('a session that is parked is deferred, and goes on with the decision', async () => {
  const call = callOf('gated')
  const parked = await before('claude', call, '?agent=tester&park=1')
  expect(permissionOf(parked.answer)).toBe('defer')
  await agents.decide(call.callId, 'approve')
  expect(permissionOf((await before('claude', call, '?agent=tester&park=1')).answer)).toBe('allow')
})

test('what is approved waits while its agent is paused, and runs when it is resumed', async () => {
  const other = await makeAgents(rest)
  const owner = await other.member('owner')
  const call = callOf('gated')
  const ask = (query: string) =>
    rest.call('POST', `/api/hooks/claude${query}`, {
      token: other.token,
      body: told('claude', call, 'PreToolUse'),
    })
  await ask('?agent=tester&park=1')
  await other.decide(call.callId, 'approve')
  const pause = await rest.call('POST', '/api/agents/tester/pause', {
    token: owner.token,
    body: { reason: 'Look.' },
  })
  expect(pause.status).toBeLessThan(300)
  const asked = performance.now()
  const waiting = ask('?agent=tester')
  const free = await rest.call('POST', '/api/hooks/claude?agent=tester', {
    token: other.token,
    body: told('claude', callOf('lookup'), 'PreToolUse'),
  })
  expect(permissionOf(free.body)).toBe('deny')
  expect(reasonOf(free.body)).toMatch(/paused/)
  const resume = await rest.call('POST', '/api/agents/tester/resume', {
    token: owner.token,
    body: { reason: 'It is fine.' },
  })
  expect(resume.status).toBeLessThan(300)
  expect(permissionOf((await waiting).body)).toBe('allow')
  expect(performance.now() - asked).toBeGreaterThan(4000)
})

test('a tool’s output is recorded whatever it holds', async () => {
  const call = callOf('lookup')
  await before('claude', call)
  const body = JSON.stringify({ ...told('claude', call, 'PostToolUse'), tool_response: 'OUTPUT' })
  const output = `"${'x'.repeat(500_000)}\\u0000\\ud800"`
  expect((await send('claude', body.replace('"OUTPUT"', output))).status).toBe(200)
  expect(await statusesOf(call)).toEqual(['succeeded'])
})

test('an answer that is held begins at once, and what is cut off is no JSON', async () => {
  const call = callOf('gated')
  const body = JSON.stringify(told('claude', call, 'PreToolUse'))
  const headers = { Authorization: `Bearer ${agents.token}`, 'Content-Type': 'application/json' }
  const asking = request(`${rest.url}/api/hooks/claude?agent=tester`, { method: 'POST', headers })
  asking.end(body)
  const [response] = (await once(asking, 'response')) as [import('node:http').IncomingMessage]
  const [begun] = (await once(response, 'data')) as [Buffer]
  expect([response.statusCode, String(begun)]).toEqual([200, '{'])
  expect(() => JSON.parse(`${String(begun)}   `) as unknown).toThrow()
  let rest_ = ''
  response.on('data', (chunk: Buffer) => (rest_ += String(chunk)))
  await agents.decide(call.callId, 'approve')
  await once(response, 'end')
  expect(permissionOf(JSON.parse(`{${rest_}`) as Json)).toBe('allow')
})

test('a process that stops says no, and the request stays', async () => {
  const call = callOf('gated')
  const waiting = before('claude', call)
  await agents.held(call.callId)
  await new Promise((done) => setTimeout(done, 1500))
  closeStreams()
  const { answer } = await waiting
  expect(permissionOf(answer)).toBe('deny')
  expect(await statusesOf(call)).toEqual(['awaiting_approval'])
})
