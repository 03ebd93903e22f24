import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DialectName, JsonObject } from '@/lib/hooks/dialects/dialect'
import { digestOf } from '@/lib/json/digest'
import { makeAgents, type Agents } from '@/lib/testing/agent'
import { makeMachine } from '@/lib/testing/command'
import { startRest, type Rest } from '@/lib/testing/rest'
import { isNo } from './doctor'
import { names } from './named'

let rest: Rest
let agents: Agents
let machine: ReturnType<typeof makeMachine>
beforeAll(async () => {
  rest = await startRest()
  agents = await makeAgents(rest)
  machine = makeMachine({ HOLDPOINT_URL: rest.url, HOLDPOINT_KEY: agents.token, HOLDPOINT_AGENT: 'tester' })
})
afterAll(async () => {
  machine.remove()
  await rest.close()
})

let calls = 0
type Told = {
  name: DialectName
  tool: string
  params: JsonObject
  session: string
  callId: string
  at: string
}

/** A call that a coding agent is about to make; another one each time. */
function callOf(name: DialectName, tool: string, params: JsonObject = { command: 'make deploy' }): Told {
  const number = ++calls
  const at = new Date(Date.UTC(2026, 0, 1) + number).toISOString()
  return { name, tool, params, session: `${name}-${number}`, callId: `toolu_${number}`, at }
}

function input(
  { name, tool, params, session, callId, at }: Told,
  event: string,
  more: JsonObject = {},
): string {
  const told = { tool_name: tool, tool_input: params, cwd: machine.home, ...more }
  const hook_event_name = name === 'cursor' ? event.replace('P', 'p') : event
  if (name === 'cursor')
    return JSON.stringify({ hook_event_name, conversation_id: session, tool_use_id: callId, ...told })
  if (name === 'copilot')
    return JSON.stringify({ hook_event_name, session_id: session, timestamp: at, ...told })
  return JSON.stringify({ hook_event_name, session_id: session, tool_use_id: callId, ...told })
}

type How = { argv?: string[]; env?: Record<string, string>; signal?: AbortSignal }

const hook = (call: Told, stdin: string, { argv = [], ...how }: How = {}) =>
  machine.run(['hook', call.name, ...argv], { stdin, ...how })

const before = (call: Told, how?: How) => hook(call, input(call, 'PreToolUse'), how)

/** What the tool gave back, as each coding agent tells it. */
function after(call: Told, output: string, params = call.params) {
  const told: Record<DialectName, JsonObject> = {
    'claude-code': { tool_response: output },
    codex: { tool_response: output },
    cursor: { tool_output: JSON.stringify(output) },
    copilot: { tool_result: { result_type: 'success', text_result_for_llm: output } },
  }
  return hook(call, input({ ...call, params }, 'PostToolUse', told[call.name]))
}

/** What each coding agent takes for "as you like" and for "a person said yes". */
const free: Record<DialectName, JsonObject> = {
  'claude-code': {},
  codex: {},
  cursor: { permission: 'allow' },
  copilot: {},
}
const approved: Record<DialectName, JsonObject> = {
  'claude-code': { hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision: 'allow' } },
  codex: {},
  cursor: { permission: 'allow' },
  copilot: { permissionDecision: 'allow' },
}

async function held(call: Told): Promise<{ id: string; tool_call_id: string }> {
  for (let tries = 0; ; tries++) {
    const { body } = await rest.call('GET', `/api/approvals?run_id=${call.session}&status=pending`, {
      token: agents.token,
    })
    const [found] = (body.items ?? []) as { id: string; tool_call_id: string }[]
    if (found) return found
    if (tries === 200) throw new Error(`nothing of ${call.session} is held`)
    await new Promise((next) => setTimeout(next, 25))
  }
}

async function decide(call: Told, decision: 'approve' | 'reject', reason?: string): Promise<void> {
  const { id } = await held(call)
  const { status } = await rest.call('POST', `/api/approvals/${id}/decisions`, {
    token: agents.reviewer.token,
    body: { decision, reason },
  })
  expect(status).toBe(201)
}

type Step = { tool_call_id: string; status: string; params: JsonObject; output: unknown; error: unknown }

async function stepsOf({ session }: Told): Promise<Step[]> {
  const { body } = await rest.call('GET', `/api/runs/${session}`, { token: agents.token })
  return body.steps as Step[]
}

const reasonOf = (stdout: string) => {
  const { hookSpecificOutput, user_message } = JSON.parse(stdout) as JsonObject
  return String(user_message ?? (hookSpecificOutput as JsonObject).permissionDecisionReason)
}

describe.concurrent.each(names)('%s', (name) => {
  test('a call that no rule asks for goes on, and what came of it is recorded once', async () => {
    const call = callOf(name, 'lookup')
    const ran = await before(call)
    expect(ran).toEqual({ code: 0, stdout: `${JSON.stringify(free[name])}\n`, stderr: '' })
    expect(await stepsOf(call)).toMatchObject([{ status: 'running', params: call.params }])
    expect(await after(call, 'deployed')).toEqual({ code: 0, stdout: '{}\n', stderr: '' })
    expect(await after(call, 'something else')).toEqual({ code: 0, stdout: '{}\n', stderr: '' })
    expect(await stepsOf(call)).toMatchObject([{ status: 'succeeded', output: 'deployed', error: null }])
  })

  test('a call that is held waits, runs when it is approved, once', async () => {
    const call = callOf(name, 'gated')
    const waiting = before(call)
    await decide(call, 'approve')
    const { code, stdout } = await waiting
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject(approved[name])
    const again = await before(call)
    expect(isNo({ ...again })).toBe(true)
    expect(reasonOf(again.stdout)).toMatch(/nobody knows|used already|claimed/i)
    await after(call, 'deployed')
    const third = await before(call)
    expect(reasonOf(third.stdout)).toContain('It gave back: "deployed"')
    expect(await stepsOf(call)).toMatchObject([{ status: 'succeeded', output: 'deployed' }])
  })

  test('a rejection is told with its reason; one that ends the run, in each further call too', async () => {
    const soft = callOf(name, 'soft')
    const waiting = before(soft)
    await decide(soft, 'reject', 'Not on a Friday.')
    expect(isNo(await waiting)).toBe(true)
    expect(reasonOf((await waiting).stdout)).toContain('Not on a Friday.')
    expect((await waiting).stdout).not.toContain('"continue"')

    const hard = callOf(name, 'gated')
    const ending = before(hard)
    await decide(hard, 'reject', 'Never.')
    expect(reasonOf((await ending).stdout)).toContain('Never.')
    const next = await before({ ...hard, callId: 'toolu_next', at: '2027-01-01T00:00:00.000Z' })
    expect(isNo(next)).toBe(true)
    for (const { stdout } of [await ending, next]) {
      expect((JSON.parse(stdout) as JsonObject).continue).toBe(name === 'claude-code' ? false : undefined)
    }
  })

  test('an expiry is told as one', async () => {
    const call = callOf(name, 'soft')
    const waiting = before(call)
    await agents.expireApproval((await held(call)).id)
    expect(isNo(await waiting)).toBe(true)
    expect(reasonOf((await waiting).stdout)).toMatch(/expired|nobody decided/i)
  })

  test('of two hooks for one call one lets it run', async () => {
    for (let round = 0; round < 10; round++) {
      const call = callOf(name, round % 2 === 0 ? 'gated' : 'lookup')
      const both = [before(call), before(call)]
      if (round % 2 === 0) await decide(call, 'approve')
      const said = await Promise.all(both)
      expect(said.map((one) => isNo(one)).sort()).toEqual([false, true])
    }
  })

  test('a wait that is over is a no, and the request is withdrawn', async () => {
    const call = callOf(name, 'gated')
    const said = await before(call, { argv: ['--wait', '1s'] })
    expect(isNo(said)).toBe(true)
    expect(reasonOf(said.stdout)).toContain('nobody decided for as long as the hook may wait')
    expect(await stepsOf(call)).toMatchObject([{ status: 'cancelled' }])
    const second = before(call)
    await decide(call, 'approve')
    expect(isNo(await second)).toBe(false)
    await after(call, 'deployed')
    expect(await stepsOf(call)).toMatchObject([
      { status: 'cancelled' },
      { status: 'succeeded', output: 'deployed' },
    ])
  })

  test('who is interrupted says no, and the request stays', async () => {
    const call = callOf(name, 'gated')
    const ending = new AbortController()
    const waiting = before(call, { signal: ending.signal })
    await held(call)
    ending.abort(new Error('Interrupted.'))
    expect(isNo(await waiting)).toBe(true)
    expect(await stepsOf(call)).toMatchObject([{ status: 'awaiting_approval' }])
  })

  test('what came of a call that was not let through is told to nobody', async () => {
    const call = callOf(name, 'soft')
    const waiting = before(call)
    await decide(call, 'reject')
    await waiting
    expect(await after(call, 'ran anyway')).toEqual({ code: 0, stdout: '{}\n', stderr: '' })
    expect(await stepsOf(call)).toMatchObject([{ status: 'rejected', output: null }])
    expect((await after(callOf(name, 'lookup'), 'never asked')).code).toBe(0)
  })

  test('what a person changed is what runs, and its result is recorded', async () => {
    const call = callOf(name, 'gated')
    const params = { command: 'make deploy-to-staging' }
    const server = await listen((request, response) => void edit(request, response, params))
    try {
      const waiting = before(call, { env: { HOLDPOINT_URL: addressOf(server) } })
      await decide(call, 'approve')
      const answer = JSON.parse((await waiting).stdout) as JsonObject
      const { updatedInput } = (answer.hookSpecificOutput ?? {}) as JsonObject
      expect(answer.updated_input ?? updatedInput).toEqual(params)
      if (name === 'copilot') expect(answer.modifiedArgs).toEqual(params)
      await after(call, 'deployed', params)
      expect(await stepsOf(call)).toMatchObject([{ status: 'succeeded', output: 'deployed' }])
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })

  const wrong: [string, string, RegExp][] = [
    ['nothing', '', /JSON/],
    ['half of it', '{"hook_event_name":"PreT', /JSON/],
    ['a list', '[]', /no object/],
    ['null', 'null', /no object/],
    ['another event', '{"hook_event_name":"Stop"}', /called for Stop/],
    [
      'a call without a name',
      '{"hook_event_name":"PreToolUse","session_id":"s","tool_use_id":"t"}',
      /not told|called for/,
    ],
  ]
  test.each(wrong)('%s on stdin is a no', async (_, stdin, words) => {
    const said = await hook(callOf(name, 'lookup'), stdin)
    expect(said.code).toBe(0)
    expect(isNo(said)).toBe(true)
    expect(reasonOf(said.stdout)).toMatch(words)
  })

  test.each([
    ['a number that JSON changes', { id: 2 ** 60 }, /2\^53/],
    ['a tool that is none', { __tool: 'no tool!' }, /A tool name is/],
  ])('%s is a no', async (_, params, words) => {
    const { __tool: tool = 'lookup', ...rest } = params as { __tool?: string }
    const said = await before(callOf(name, tool, rest))
    expect(isNo(said)).toBe(true)
    expect(reasonOf(said.stdout)).toMatch(words)
  })

  const settings: [string, Record<string, string>, RegExp][] = [
    ['no key', { HOLDPOINT_KEY: '' }, /No agent key/],
    ['a key that is none', { HOLDPOINT_KEY: 'hpa_none' }, /key|credential/i],
    ['a key that no header carries', { HOLDPOINT_KEY: 'a\nb' }, /is no credential/],
    ['an address that is none', { HOLDPOINT_URL: 'holdpoint' }, /no address/],
    ['a profile that is none', { HOLDPOINT_PROFILE: 'work' }, /no profile work/],
    ['an agent that nobody deployed', { HOLDPOINT_AGENT: 'nobody' }, /nobody|deployed/],
    ['a patience that is none', { HOLDPOINT_PATIENCE: 'soon' }, /not a span/],
    [
      'nobody there',
      { HOLDPOINT_URL: 'http://127.0.0.1:9', HOLDPOINT_PATIENCE: '300ms' },
      /No answer of Holdpoint/,
    ],
  ]
  test.each(settings)('%s is a no', async (_, env, words) => {
    const said = await before(callOf(name, 'lookup'), { env })
    expect(said.code).toBe(0)
    expect(isNo(said)).toBe(true)
    expect(reasonOf(said.stdout)).toMatch(words)
  })

  test('a configuration that cannot be read is a no', async () => {
    const folder = join(machine.home, 'broken')
    mkdirSync(join(folder, 'holdpoint'), { recursive: true })
    writeFileSync(join(folder, 'holdpoint', 'config.json'), '{', { mode: 0o600 })
    const said = await before(callOf(name, 'lookup'), { env: { XDG_CONFIG_HOME: folder, HOLDPOINT_KEY: '' } })
    expect(isNo(said)).toBe(true)
  })

  const json = { 'Content-Type': 'application/json' }
  const others: [string, RequestListener][] = [
    ['500', (_, response) => response.writeHead(500).end()],
    [
      '503 with a page',
      (_, response) => response.writeHead(503, { 'Content-Type': 'text/html' }).end('<h1>Busy</h1>'),
    ],
    [
      'a page',
      (_, response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>Sign in</h1>'),
    ],
    ['an empty object', (_, response) => response.writeHead(200, json).end('{}')],
    [
      'a yes to another question',
      (_, response) =>
        response
          .writeHead(200, json)
          .end('{"required":false,"run_id":"r","tool_call_id":"t","next":{"action":"execute","message":""}}'),
    ],
    ['half a JSON', (_, response) => response.writeHead(200, json).end('{"id":"run_')],
    ['a redirect', (_, response) => response.writeHead(307, { Location: rest.url }).end()],
    ['nothing', () => undefined],
    ['a broken connection', (request) => request.socket.destroy()],
    ['no end', (_, response) => response.writeHead(200, json).write('{')],
  ]
  test.each(others)('a server that answers %s is a no', async (_, listener) => {
    const server = await listen(listener)
    try {
      const said = await before(callOf(name, 'lookup'), {
        env: { HOLDPOINT_URL: addressOf(server), HOLDPOINT_PATIENCE: '400ms' },
      })
      expect(said.code).toBe(0)
      expect(isNo(said)).toBe(true)
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })
})

test.each(names)('%s: a call in which a key stands twice is refused, and its result is not', async (name) => {
  const call = callOf(name, 'lookup')
  for (const twice of [
    '"command":"ls","command":"make deploy"',
    '"command":"ls","c\\u006fmmand":"make deploy"',
  ]) {
    const stdin = input(call, 'PreToolUse').replace('"command":"make deploy"', twice)
    const said = await hook(call, stdin)
    expect(isNo(said)).toBe(true)
    expect(reasonOf(said.stdout)).toContain('The same key stands twice')
  }
  const whole = input(call, 'PreToolUse').replace('{', '{"tool_name":"other",')
  expect(isNo(await hook(call, whole))).toBe(true)
  const told = input(call, 'PostToolUse', { tool_response: { A: 1 } }).replace('"A":1', '"A":1,"A":2')
  expect((await hook(call, told)).stdout).toBe('{}\n')
})

test.each(names)(
  '%s: what a refusal says of the call’s own words hides and reorders nothing',
  async (name) => {
    const env = { HOLDPOINT_URL: 'http://127.0.0.1:9', HOLDPOINT_PATIENCE: '300ms' }
    const call = callOf(name, 'read\u202egpj.sh')
    const said = await before(call, { env })
    expect(reasonOf(said.stdout)).toContain('read⟨U+202E⟩gpj.sh did not run')
    const other = await hook(call, input(call, 'Pre\u202eToolUse'), { env })
    expect(reasonOf(other.stdout)).toContain('re⟨U+202E⟩ToolUse, which it is not for')
    expect(said.stdout + other.stdout).not.toContain('\u202e')
  },
)

test('a result that cannot be recorded is told, and stops nothing', async () => {
  const call = callOf('claude-code', 'lookup')
  await before(call)
  const env = { HOLDPOINT_URL: 'http://127.0.0.1:9', HOLDPOINT_PATIENCE: '300ms' }
  const { code, stdout, stderr } = await hook(call, input(call, 'PostToolUse', { tool_response: 'x' }), {
    env,
  })
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toContain('the result of lookup was not recorded')
})

test('Claude Code defers what is held where it is parked, and resumes with the decision', async () => {
  const call = callOf('claude-code', 'gated')
  const parked = await before(call, { argv: ['--park'] })
  expect(JSON.parse(parked.stdout)).toMatchObject({ hookSpecificOutput: { permissionDecision: 'defer' } })
  await decide(call, 'approve')
  const resumed = await before(call, { argv: ['--park'] })
  expect(JSON.parse(resumed.stdout)).toMatchObject({ hookSpecificOutput: { permissionDecision: 'allow' } })
  const freed = await before(callOf('claude-code', 'lookup'), { argv: ['--park'] })
  expect(freed.stdout).toBe('{}\n')
})

test('Copilot’s CLI is understood where it runs the hooks of Claude Code', async () => {
  const call = callOf('copilot', 'lookup')
  const { stdout } = await machine.run(['hook', 'claude-code'], {
    stdin: input(call, 'PreToolUse'),
    env: { COPILOT_CLI: '1' },
  })
  expect(stdout).toBe('{}\n')
})

test('the run says whose it is, and the call where it comes from', async () => {
  const call = callOf('claude-code', 'gated')
  writeFileSync(join(machine.home, '.gitconfig'), '[user]\n\temail = ada@example.com\n')
  const old = process.env.GIT_CONFIG_GLOBAL
  process.env.GIT_CONFIG_GLOBAL = join(machine.home, '.gitconfig')
  const waiting = before(call)
  const { id } = await held(call)
  process.env.GIT_CONFIG_GLOBAL = old
  const { body } = await rest.call('GET', `/api/approvals/${id}`, { token: agents.token })
  expect(body.metadata).toEqual({ framework: 'claude-code', thread: call.session, folder: machine.home })
  const run = await rest.call('GET', `/api/runs/${call.session}`, { token: agents.token })
  expect(run.body).toMatchObject({ external_id: call.session, agent: 'tester', initiator: 'ada@example.com' })
  await decide(call, 'approve')
  await waiting
})

/** Sends on, and has an approval answer as one whose params a person changed. */
async function edit(request: IncomingMessage, response: ServerResponse, params: JsonObject): Promise<void> {
  const { method = 'GET', url = '', headers } = request
  const body = method === 'GET' ? {} : { body: await text(request) }
  const sent = new Headers({ 'Content-Type': 'application/json' })
  for (const name of ['authorization', 'prefer']) if (headers[name]) sent.set(name, String(headers[name]))
  const answer = await fetch(rest.url + url, { method, headers: sent, ...body })
  const told = (await answer.json()) as JsonObject
  if (told.status === 'approved') {
    const { tool, params: requested_params, digest: requested_digest } = told
    Object.assign(told, { params, digest: digestOf(String(tool), params) })
    told.edited = { requested_params, requested_digest, by: {}, at: '', reason: null, changes: [] }
  }
  response.writeHead(answer.status, { 'Content-Type': 'application/json' }).end(JSON.stringify(told))
}

async function listen(listener: RequestListener): Promise<Server> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
