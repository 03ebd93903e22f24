// oxlint-disable vitest/no-standalone-expect -- `it` is vitest's, with a fixture
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { deployAgent } from '@/lib/agents/deploy'
import { lose, makeAgents, type Agent, type Agents } from '@/lib/testing/agent'
import { startRest, type Rest } from '@/lib/testing/rest'
import { neverRan, type GateOptions, type Outcome, type Run } from './holdpoint.ts'

let rest: Rest
beforeAll(async () => {
  rest = await startRest()
})
afterAll(() => rest.close())

/** Each has a project of its own, and they mostly wait: so they run at the same time. */
const it = test.extend<{ agents: Agents }>({
  // eslint-disable-next-line no-empty-pattern -- vitest reads the names of the fixtures that it takes
  agents: async ({}, use) => use(await makeAgents(rest)),
})

const params = { order_id: 'ORD-1', amount: 2400 }
type Refund = typeof params

/** A tool that counts how often it ran and with what. */
function tool(output: unknown = { refunded: 2400 }) {
  const ran: unknown[] = []
  const execute = (given: Refund) => {
    ran.push(given)
    return output
  }
  return { ran, execute }
}

type Options = Partial<GateOptions<unknown, Refund>>

/** Asks for the gated tool as `call_1`. */
function gate(run: Run, execute: (given: Refund) => unknown, options: Options = {}) {
  return run.gate('gated', params, execute, { callId: 'call_1', ...options })
}

function thrown(work: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  return work.then(
    (value) => Promise.reject(new Error(`it came to ${JSON.stringify(value)}`)),
    (error: unknown) => error as Error & Record<string, unknown>,
  )
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))

describe.concurrent('a call', () => {
  it('that needs no approval runs at once, in two requests', async ({ agents }) => {
    const agent = agents.live()
    const run = await agent.hp.run({ id: 'r' })
    const { ran, execute } = tool({ order: 1 })
    const outcome = await run.gate('lookup', params, execute, { callId: 'call_1' })
    expect(outcome).toEqual({ kind: 'ran', output: { order: 1 }, params, edited: false, replayed: false })
    expect(ran).toEqual([params])
    expect(agent.calls).toEqual(['POST /runs', 'POST /approvals', 'POST /runs/run/tool-calls/call_1/result'])
    expect(await agents.call('r', 'call_1')).toMatchObject({ status: 'succeeded', output: { order: 1 } })
  })

  it('that is approved runs once, and is recorded', async ({ agents }) => {
    const agent = agents.live()
    const run = await agent.hp.run({ id: 'r' })
    const { ran, execute } = tool()
    const going = gate(run, execute, { description: 'The lamp was broken.' })
    await agents.decide('call_1', 'approve')
    const outcome = await going
    expect(outcome).toMatchObject({
      kind: 'ran',
      output: { refunded: 2400 },
      params,
      edited: false,
      replayed: false,
      approval: {
        status: 'approved',
        description: 'The lamp was broken.',
        claimed_at: expect.any(String) as string,
      },
    })
    expect(ran).toEqual([params])
    expect(agent.events).toEqual([{ type: 'held', callId: 'call_1', approval: expect.anything() as object }])
    expect(await agents.call('r', 'call_1')).toMatchObject({
      status: 'succeeded',
      output: { refunded: 2400 },
    })
    // what frees it claims it, in the same answer
    expect(agent.calls.slice(1).filter((call) => !call.endsWith('/claim'))).toEqual([
      'POST /approvals',
      'POST /approvals',
      'POST /runs/run/tool-calls/call_1/result',
    ])
  })

  it('that a reviewer edits runs once, as it was edited', async ({ agents }) => {
    await deployAgent(agents.agent, {
      name: 'tester',
      config: 'approval: { tools: [{ gated: { edit: [amount] } }] }',
    })
    const run = await agents.live().hp.run({ id: 'r' })
    const { ran, execute } = tool()
    const told: unknown[] = []
    const onEdit: Options['onEdit'] = ({ edited }) => void told.push(edited?.changes, [...ran])
    const going = gate(run, execute, { onEdit })
    const lower = { ...params, amount: 240 }
    await agents.decide('call_1', 'approve', 'A tenth.', lower)
    const approval = {
      edited: { requested_params: params },
      next: { message: expect.stringContaining('changed /amount from 2400 to 240 and approved.') as string },
    }
    expect(await going).toMatchObject({ kind: 'ran', params: lower, edited: true, replayed: false, approval })
    expect(told).toEqual([[{ pointer: '/amount', from: 2400, to: 240 }], []])
    const again = await gate(await agents.live().hp.run({ id: 'r' }), execute)
    expect(again).toMatchObject({ kind: 'ran', params: lower, edited: true, replayed: true })
    expect(ran).toEqual([lower])
    expect(await agents.call('r', 'call_1')).toMatchObject({
      status: 'succeeded',
      output: { refunded: 2400 },
    })
  })

  it('runs with what was asked about, whatever becomes of the params meanwhile', async ({ agents }) => {
    const run = await agents.live().hp.run({ id: 'r' })
    const given = { order: { id: 1 } }
    const going = run.gate('gated', given, (copy) => ({ ...copy.order }), { callId: 'call_1' })
    given.order.id = 2
    await agents.decide('call_1', 'approve')
    expect(await going).toMatchObject({ kind: 'ran', output: { id: 1 }, params: { order: { id: 1 } } })
  })

  it('whose tool throws is recorded as failed, and stays failed', async ({ agents }) => {
    const run = await agents.live().hp.run({ id: 'r' })
    const fail = () => Promise.reject(new RangeError('no such order'))
    const outcome = await run.gate('lookup', params, fail, { callId: 'call_1' })
    expect(outcome).toMatchObject({
      kind: 'failed',
      replayed: false,
      error: { name: 'ToolError', message: 'no such order' },
    })
    const error = { name: 'RangeError', message: 'no such order' }
    expect(await agents.call('r', 'call_1')).toMatchObject({ status: 'failed', error })
    const other = await agents.live().hp.run({ id: 'r' })
    const { ran, execute } = tool()
    const again = await other.gate('lookup', params, execute, { callId: 'call_1' })
    expect(again).toMatchObject({ kind: 'failed', replayed: true, error: { message: 'no such order' } })
    expect(ran).toEqual([])
  })

  it('of a tool that gives back what JSON cannot carry has run all the same', async ({ agents }) => {
    const run = await agents.live().hp.run({ id: 'r' })
    const outcome = await run.gate('lookup', params, () => ({ n: 1n }), { callId: 'call_1' })
    expect(outcome).toMatchObject({ kind: 'ran', output: { n: 1n } })
    expect(await agents.call('r', 'call_1')).toMatchObject({
      status: 'succeeded',
      output: { not_json: expect.anything() as string },
    })
  })

  it('with a foreign id is found by it again', async ({ agents }) => {
    const run = await agents.live().hp.run({ id: 'Fall 7' })
    const callId = 'Überweisung 1'
    const { ran, execute } = tool()
    await run.gate('lookup', params, execute, { callId })
    const again = await (
      await agents.live().hp.run({ id: 'Fall 7' })
    ).gate('lookup', params, execute, { callId })
    expect(again).toMatchObject({ kind: 'ran', replayed: true })
    expect(ran).toHaveLength(1)
  })
})

describe.concurrent('a no', () => {
  it('that lets the run go on is words for the model', async ({ agents }) => {
    const run = await agents.live().hp.run({ id: 'r' })
    const { ran, execute } = tool()
    const going = run.gate('soft', params, execute, { callId: 'call_1' })
    await agents.decide('call_1', 'reject', 'Ask the carrier first.')
    const outcome = await going
    expect(outcome).toMatchObject({
      kind: 'rejected',
      status: 'rejected',
      approval: { tool_call_id: 'call_1' },
    })
    expect(outcome).toHaveProperty(
      'message',
      expect.stringMatching(/rejected by .*: Ask the carrier first\. Do not retry/),
    )
    expect(ran).toEqual([])
    expect(run.signal.aborted).toBe(false)
  })

  it('that ends the run ends all that waits in it', async ({ agents }) => {
    const run = await agents.live().hp.run({ id: 'r' })
    const { ran, execute } = tool()
    const going = thrown(gate(run, execute))
    const sibling = thrown(gate(run, execute, { callId: 'call_2' }))
    await agents.held('call_2')
    await agents.decide('call_1', 'reject', 'Not without a photo.')
    const refused = await going
    expect(refused).toMatchObject({ name: 'Refused', code: 'rejected', approval: { tool_call_id: 'call_1' } })
    expect(refused.message).toContain('Not without a photo.')
    expect((await sibling).name).toBe('Refused')
    expect(run).toMatchObject({ status: 'failed', signal: { aborted: true, reason: refused } })
    expect((await thrown(gate(run, execute, { callId: 'call_3' }))).name).toBe('Refused')
    expect(ran).toEqual([])
  })

  it('that ended the run is told to who comes back, for this call and any other', async ({ agents }) => {
    const run = await agents.live().hp.run({ id: 'r' })
    const { ran, execute } = tool()
    expect(await gate(run, execute, { mode: 'park' })).toMatchObject({ kind: 'parked' })
    await agents.decide('call_1', 'reject', 'Not without a photo.')
    for (const callId of ['call_1', 'call_2']) {
      const fresh = await agents.live().hp.run({ id: 'r' })
      expect(await thrown(gate(fresh, execute, { callId }))).toMatchObject({ name: 'Refused' })
      expect(fresh.signal.aborted).toBe(true)
    }
    expect(ran).toEqual([])
  })

  it.for([
    ['soft', { kind: 'rejected', status: 'expired' }],
    ['gated', { name: 'Refused', code: 'expired' }],
  ] as const)('by nobody, of %s, never reads like that of a person', async ([name, expected], { agents }) => {
    const run = await agents.live().hp.run({ id: 'r' })
    const { ran, execute } = tool()
    const going = run.gate(name, params, execute, { callId: 'call_1' }).catch((error: unknown) => error)
    await agents.expire('call_1')
    const end = (await going) as { message: string }
    expect(end).toMatchObject(expected)
    expect(end.message).toContain('nobody decided before the deadline')
    expect(end.message).not.toContain('rejected by')
    expect(ran).toEqual([])
  })
})

describe.concurrent('what gets lost is found again', () => {
  it.for([
    ['the answer to the ask', /POST \/approvals$/],
    ['the claim’s answer', /POST \/approvals\/apr\/claim$/],
    ['the result’s answer', /result$/],
  ] as const)('%s', async ([, path], { agents }) => {
    const agent = agents.live()
    const run = await agent.hp.run({ id: 'r' })
    agent.between = lose(path, 2)
    const { ran, execute } = tool()
    const free = await run.gate('lookup', params, execute, { callId: 'call_0' })
    expect(free).toMatchObject({ kind: 'ran', replayed: false })
    agent.between = lose(path, 2)
    const going = gate(run, execute)
    await agents.decide('call_1', 'approve')
    expect(await going).toMatchObject({ kind: 'ran', replayed: false })
    expect(ran).toHaveLength(2)
    expect(await agents.call('r', 'call_1')).toMatchObject({ status: 'succeeded' })
  })

  it('the answer that frees the call', async ({ agents }) => {
    const agent = agents.live()
    const run = await agent.hp.run({ id: 'r' })
    let lost = 0
    agent.between = async ({ prefer, send }) => {
      const answer = await send()
      if (prefer === null || lost++ > 0) return answer
      throw new TypeError('fetch failed')
    }
    const { ran, execute } = tool()
    const going = gate(run, execute)
    await agents.decide('call_1', 'approve')
    expect(await going).toMatchObject({ kind: 'ran', replayed: false })
    expect(ran).toHaveLength(1)
  })

  it('a server that is away for a while in a wait', async ({ agents }) => {
    const agent = agents.live()
    const run = await agent.hp.run({ id: 'r' })
    const { ran, execute } = tool()
    const going = gate(run, execute)
    await agents.held('call_1')
    let failures = 0
    agent.between = ({ send }) => (failures++ < 3 ? Promise.reject(new Error('ECONNREFUSED')) : send())
    await agents.decide('call_1', 'approve')
    expect(await going).toMatchObject({ kind: 'ran' })
    expect(ran).toHaveLength(1)
  })
})

describe.concurrent('nothing runs, and it is said why', () => {
  it('where the server is away beyond the patience', async ({ agents }) => {
    const agent = agents.live({ patience: '6s' })
    const run = await agent.hp.run({ id: 'r' })
    const { ran, execute } = tool()
    let isAway = false
    agent.between = ({ prefer, send }) => {
      isAway ||= prefer !== null
      return isAway ? Promise.reject(new Error('ECONNREFUSED')) : send()
    }
    const going = thrown(gate(run, execute))
    await agents.decide('call_1', 'approve')
    expect((await going).name).toBe('Unavailable')
    expect(agent.events.at(-1)).toMatchObject({ type: 'unanswered', reason: 'ECONNREFUSED' })
    agent.between = undefined
    // nothing has changed: it goes on
    expect(await gate(run, execute)).toMatchObject({ kind: 'ran' })
    expect(ran).toHaveLength(1)
  })

  it('where the key is revoked in a wait, at once', async ({ agents }) => {
    const { id, token } = await key(agents)
    const run = await agents.live({ key: token }).hp.run({ id: 'r' })
    const { ran, execute } = tool()
    const going = thrown(gate(run, execute))
    await agents.held('call_1')
    await revoke(agents, id)
    expect(await going).toMatchObject({ name: 'Problem', status: 401, code: 'unauthenticated' })
    expect(ran).toEqual([])
  })

  it('where the id was used for another call', async ({ agents }) => {
    const run = await agents.live().hp.run({ id: 'r' })
    const { ran, execute } = tool()
    await run.gate('lookup', params, execute, { callId: 'call_1' })
    const other = run.gate('lookup', { ...params, amount: 1 }, execute, { callId: 'call_1' })
    expect(await thrown(other)).toMatchObject({ name: 'Problem', code: 'idempotency_mismatch', status: 409 })
    expect(ran).toHaveLength(1)
  })

  it('where the params could not be asked about, and nothing is sent', async ({ agents }) => {
    const agent = agents.live()
    const run = await agent.hp.run({ id: 'r' })
    const { ran, execute } = tool()
    const wrong = run.gate('lookup', { a: [1, NaN] }, execute as () => unknown, { callId: 'call_1' })
    expect(await thrown(wrong)).toMatchObject({
      name: 'Problem',
      code: 'invalid_input',
      errors: [{ pointer: '/a/1' }],
    })
    expect(agent.calls).toEqual(['POST /runs'])
    expect(ran).toEqual([])
  })
})

async function key(agents: Agents) {
  const made = await agents.key(['run'])
  return { id: made.actor.id, token: made.token }
}

async function revoke(agents: Agents, id: string): Promise<void> {
  const { token } = await agents.member('owner')
  const { status } = await rest.call('DELETE', `/api/keys/${id}`, { token })
  expect(status).toBe(204)
}

it.concurrent(
  'where the server holds too many answers it is asked about every five seconds',
  async ({ agents }) => {
    const agent = agents.live()
    const run = await agent.hp.run({ id: 'r' })
    const problem = { status: 429, code: 'too_many_waits', detail: 'Too many.' }
    const asked: number[] = []
    agent.between = ({ call, prefer, send }) => {
      if (call === 'POST /approvals') asked.push(performance.now())
      return prefer === null ? send() : Promise.resolve(Response.json(problem, { status: 429 }))
    }
    const { ran, execute } = tool()
    const going = gate(run, execute)
    // with a wait in vain, and then without
    await vi.waitFor(() => expect(asked).toHaveLength(3), 10_000)
    await agents.decide('call_1', 'approve')
    expect(await going).toMatchObject({ kind: 'ran' })
    expect(ran).toHaveLength(1)
    // each time whether there is room for a wait again
    expect(asked).toHaveLength(5)
    // five seconds, give or take a quarter, so that not all come back at the same moment
    expect((asked[3] ?? 0) - (asked[2] ?? 0)).toBeGreaterThan(3700)
  },
)

it.concurrent('a wait that comes back early is not asked anew within a second', async ({ agents }) => {
  const agent = agents.live()
  const run = await agent.hp.run({ id: 'r' })
  agent.between = ({ body, send }) => (agent.calls.length > 2 ? sendWithoutWait(body) : send())
  const sendWithoutWait = (body: string) =>
    fetch(`${rest.url}/api/approvals`, {
      method: 'POST',
      body,
      headers: { Authorization: `Bearer ${agents.token}`, 'Content-Type': 'application/json' },
    })
  const { execute } = tool()
  const ending = new AbortController()
  setTimeout(() => ending.abort(), 2500)
  await thrown(gate(run, execute, { signal: ending.signal }))
  expect(agent.calls.filter((call) => call === 'POST /approvals').length).toBeLessThanOrEqual(4)
})

describe.concurrent('a call that was let through before', () => {
  it('and is recorded is answered with that, and does not run', async ({ agents }) => {
    const { ran, execute } = tool()
    await (await agents.live().hp.run({ id: 'r' })).gate('lookup', params, execute, { callId: 'call_1' })
    const fresh = await agents.live().hp.run({ id: 'r' })
    const again = await fresh.gate('lookup', params, execute, { callId: 'call_1' })
    expect(again).toEqual({ kind: 'ran', output: { refunded: 2400 }, params, edited: false, replayed: true })
    expect(ran).toHaveLength(1)
  })

  it('and is at work still is waited for up to ten seconds', async ({ agents }) => {
    const first = await agents.live().hp.run({ id: 'r' })
    let ran = 0
    const slow = async () => {
      ran++
      await pause(2000)
      return 'done'
    }
    const going = gate(first, slow)
    await agents.decide('call_1', 'approve')
    const others = [1, 2].map(async () => gate(await agents.live().hp.run({ id: 'r' }), slow))
    const outcomes = await Promise.all([going, ...others])
    const replays = outcomes.map(
      (outcome) => outcome.kind === 'ran' && outcome.output === 'done' && outcome.replayed,
    )
    expect(replays.sort()).toEqual([false, true, true])
    expect(ran).toBe(1)
  })

  it('and left no result is nobody’s to run: somebody has to look, or the tool’s books say', async ({
    agents,
  }) => {
    // lives that end between the claim and the result
    const crashed = async (callId: string, name: string) => {
      const going = (await agents.live().hp.run({ id: 'r' })).gate(
        name,
        params,
        () => new Promise(() => {}),
        { callId },
      )
      going.catch(() => undefined)
      if (name === 'gated') await agents.decide(callId, 'approve')
    }
    await Promise.all([
      crashed('held', 'gated'),
      crashed('free', 'lookup'),
      crashed('books', 'gated'),
      crashed('silent', 'gated'),
    ])
    await crashed('broken', 'lookup')
    await pause(500)
    const { ran, execute } = tool()
    const asked: unknown[] = []
    const come = async (name: string, callId: string, earlier?: Options['earlier']) =>
      (await agents.live().hp.run({ id: 'r' }))
        .gate(name, params, execute, { callId, earlier })
        .catch((error: unknown) => error) as Promise<Outcome<unknown>>
    const ends = await Promise.all([
      come('gated', 'held'),
      come('lookup', 'free'),
      come('gated', 'books', (call) => {
        asked.push(call)
        return { from: 'books' }
      }),
      come('gated', 'silent', () => undefined),
      come('lookup', 'broken', () => Promise.reject(new Error('books are closed'))),
    ])
    expect(ends).toMatchObject([
      { name: 'Indeterminate', code: 'indeterminate', approval: { tool_call_id: 'held' } },
      { name: 'Indeterminate', approval: undefined },
      { kind: 'ran', output: { from: 'books' }, replayed: true },
      { name: 'Indeterminate' },
      { name: 'Indeterminate', cause: { message: 'books are closed' } },
    ])
    expect(asked).toMatchObject([{ callId: 'books', toolCallId: 'books', tool: 'gated', params, run: 'r' }])
    expect(await agents.call('r', 'books')).toMatchObject({ status: 'succeeded', output: { from: 'books' } })
    expect(ran).toEqual([])
  }, 40_000)

  it('and never ran for certain is asked for anew', async ({ agents }) => {
    const dead = gate(await agents.live().hp.run({ id: 'r' }), () => new Promise(() => {}))
    dead.catch(() => undefined)
    await agents.decide('call_1', 'approve')
    await pause(500)
    const { ran, execute } = tool()
    const agent = agents.live()
    const going = gate(await agent.hp.run({ id: 'r' }), execute, { earlier: () => neverRan })
    await agents.decide('call_1.2', 'approve')
    expect(await going).toMatchObject({ kind: 'ran', approval: { tool_call_id: 'call_1.2' } })
    expect(await agents.call('r', 'call_1')).toMatchObject({
      status: 'failed',
      error: { code: 'did_not_run' },
    })
    // and who comes after goes the same way
    const later = await gate(await agents.live().hp.run({ id: 'r' }), execute)
    expect(later).toMatchObject({ kind: 'ran', replayed: true })
    expect(ran).toHaveLength(1)
  }, 40_000)
})

describe.concurrent('asked again', () => {
  it('under the next id, where the grant has lapsed or the request was withdrawn', async ({ agents }) => {
    const { ran, execute } = tool()
    const run = await agents.live().hp.run({ id: 'r' })
    await gate(run, execute, { mode: 'park' })
    await agents.decide('call_1', 'approve')
    await agents.lapse('call_1')
    const agent = agents.live()
    const going = gate(await agent.hp.run({ id: 'r' }), execute)
    const { id } = await agents.held('call_1.2')
    await rest.call('POST', `/api/approvals/${id}/cancel`, { token: agents.token, body: {} })
    await agents.decide('call_1.3', 'approve')
    expect(await going).toMatchObject({ kind: 'ran', approval: { tool_call_id: 'call_1.3' } })
    expect(ran).toHaveLength(1)
    expect(agent.events.map(({ type }) => type)).toEqual(['asking_again', 'held', 'asking_again', 'held'])
    const later = await gate(await agents.live().hp.run({ id: 'r' }), execute)
    expect(later).toMatchObject({ kind: 'ran', replayed: true })
    expect(ran).toHaveLength(1)
  })

  it('five times at most', async ({ agents }) => {
    const { ran, execute } = tool()
    const run = await agents.live().hp.run({ id: 'r' })
    const going = thrown(gate(run, execute))
    for (const id of ['call_1', 'call_1.2', 'call_1.3', 'call_1.4', 'call_1.5']) {
      const held = await agents.held(id)
      await rest.call('POST', `/api/approvals/${held.id}/cancel`, { token: agents.token, body: {} })
    }
    expect(await going).toMatchObject({
      name: 'Problem',
      code: 'cancelled',
      approval: { tool_call_id: 'call_1.5' },
    })
    expect(ran).toEqual([])
  })
})

describe.concurrent('parked', () => {
  it('a call is handed back at once, and another process goes on with it', async ({ agents }) => {
    const { ran, execute } = tool()
    const parked = await gate(await agents.live().hp.run({ id: 'r' }), execute, { mode: 'park' })
    expect(parked).toMatchObject({
      kind: 'parked',
      resumeWith: { run: 'r', callId: 'call_1' },
      approval: { status: 'pending' },
    })
    if (parked.kind !== 'parked') throw new Error('not parked')
    const again = await gate(await agents.live().hp.run({ id: 'r' }), execute, { mode: 'park' })
    expect(again).toMatchObject({ kind: 'parked', approval: { id: parked.approval.id } })
    await agents.decide('call_1', 'approve')
    const agent = agents.live()
    const { run, callId } = parked.resumeWith
    const outcome = await gate(await agent.hp.run({ id: run }), execute, { mode: 'park', callId })
    expect(outcome).toMatchObject({ kind: 'ran', replayed: false })
    expect(ran).toHaveLength(1)
  })

  it('a call that needs no approval runs', async ({ agents }) => {
    const { ran, execute } = tool()
    const run = await agents.live().hp.run({ id: 'r' })
    expect(await run.gate('lookup', params, execute, { callId: 'call_1', mode: 'park' })).toMatchObject({
      kind: 'ran',
    })
    expect(ran).toHaveLength(1)
  })
})

it.concurrent('an answer stays, whatever is deployed meanwhile', async ({ agents }) => {
  const { ran, execute } = tool()
  const run = await agents.live().hp.run({ id: 'r' })
  const going = gate(run, execute)
  await agents.held('call_1')
  const { token } = await agents.key(['deploy'])
  const headers = { 'Content-Type': 'application/yaml' }
  const body = 'approval:\n  tools: []\n'
  expect((await rest.call('PUT', '/api/agents/tester', { token, body, headers })).status).toBe(200)
  await agents.decide('call_1', 'approve')
  expect(await going).toMatchObject({ kind: 'ran', approval: { status: 'approved' } })
  expect(ran).toHaveLength(1)
})

describe.concurrent('an abort', () => {
  it.for([
    ['stops waiting and leaves the request', false, 'pending'],
    ['takes the request back where that was asked for', true, 'cancelled'],
  ] as const)('%s', async ([, withdrawOnAbort, status], { agents }) => {
    const { ran, execute } = tool()
    const run = await agents.live().hp.run({ id: 'r' })
    const ending = new AbortController()
    const going = thrown(gate(run, execute, { signal: ending.signal, withdrawOnAbort }))
    await agents.held('call_1')
    ending.abort(new Error('enough'))
    expect((await going).message).toBe('enough')
    await agents.held('call_1', status)
    expect(ran).toEqual([])
  })

  it('of the client stops everything', async ({ agents }) => {
    const { execute } = tool()
    const ending = new AbortController()
    const run = await agents.live({ signal: ending.signal }).hp.run({ id: 'r' })
    const going = thrown(gate(run, execute))
    await agents.held('call_1')
    ending.abort(new Error('shutting down'))
    expect((await going).message).toBe('shutting down')
  })

  /** Aborts when the server has granted the call, before that is heard. */
  function abortAtGrant(agent: Agent): AbortController {
    const ending = new AbortController()
    agent.between = async ({ send }) => {
      const answer = await send()
      const text = await answer.clone().text()
      if (/"claimed_at":"|"required":false/.test(text)) ending.abort(new Error('enough'))
      return answer
    }
    return ending
  }

  it.for<[tool: string, callId: string]>([
    ['gated', 'held'],
    ['lookup', 'free'],
  ])('before a grant is heard gives it back: %s', async ([name, callId], { agents }) => {
    const { ran, execute } = tool()
    const agent = agents.live()
    const run = await agent.hp.run({ id: 'r' })
    const ending = abortAtGrant(agent)
    const going = thrown(run.gate(name, params, execute, { callId, signal: ending.signal }))
    if (callId === 'held') await agents.decide(callId, 'approve')
    expect((await going).message).toBe('enough')
    expect(await agents.call('r', callId)).toMatchObject({
      status: 'failed',
      error: { code: 'did_not_run' },
    })
    expect(ran).toEqual([])
    // whoever comes asks anew, and nobody wonders whether it ran
    const other = (await agents.live().hp.run({ id: 'r' })).gate(name, params, execute, { callId })
    if (callId === 'held') await agents.decide(`${callId}.2`, 'approve')
    expect(await other).toMatchObject({ kind: 'ran', replayed: false })
    expect(await run.gate(name, params, execute, { callId })).toMatchObject({ kind: 'ran', replayed: true })
    expect(ran).toHaveLength(1)
  })

  it('leaves the grant to who else is at the call in this process', async ({ agents }) => {
    const { ran, execute } = tool()
    const agent = agents.live()
    const run = await agent.hp.run({ id: 'r' })
    const ending = abortAtGrant(agent)
    const aborted = thrown(gate(run, execute, { signal: ending.signal }))
    const other = gate(run, execute)
    await agents.decide('call_1', 'approve')
    expect((await aborted).message).toBe('enough')
    expect(await other).toMatchObject({ kind: 'ran', replayed: false, approval: { tool_call_id: 'call_1' } })
    expect(ran).toHaveLength(1)
  })
})

describe.concurrent('one process', () => {
  it('runs a call once, however often it is at it', async ({ agents }) => {
    let ran = 0
    const execute = async () => {
      ran++
      await pause(300)
      return ran
    }
    const agent = agents.live()
    const runs = await Promise.all(Array.from({ length: 10 }, () => agent.hp.run({ id: 'r' })))
    const going = runs.flatMap((run) => [gate(run, execute), gate(run, execute)])
    await agents.decide('call_1', 'approve')
    const outcomes = await Promise.all(going)
    expect(outcomes.every((outcome) => outcome.kind === 'ran' && outcome.output === 1)).toBe(true)
    expect(outcomes.filter((outcome) => outcome.kind === 'ran' && !outcome.replayed)).toHaveLength(1)
    expect(ran).toBe(1)
  })

  it('runs a call once that is asked for under two names', async ({ agents }) => {
    const run = await agents.live().hp.run({ id: 'r' })
    let ran = 0
    const execute = async () => {
      ran++
      await pause(1500)
      return 'done'
    }
    await gate(run, execute, { mode: 'park' })
    const { id } = await agents.held('call_1')
    await rest.call('POST', `/api/approvals/${id}/cancel`, { token: agents.token, body: {} })
    await gate(run, execute, { mode: 'park' })
    await agents.decide('call_1.2', 'approve')
    const outcomes = await Promise.all([gate(run, execute), gate(run, execute, { callId: 'call_1.2' })])
    expect(outcomes).toMatchObject([
      { kind: 'ran', output: 'done' },
      { kind: 'ran', output: 'done' },
    ])
    expect(ran).toBe(1)
  })

  it('remembers what it could not tell, and tells it the next time', async ({ agents }) => {
    const { ran, execute } = tool()
    const agent = agents.live({ patience: '6s' })
    const run = await agent.hp.run({ id: 'r' })
    agent.between = ({ call, send }) =>
      call.endsWith('/result') ? Promise.reject(new Error('away')) : send()
    const outcome = await run.gate('lookup', params, execute, { callId: 'call_1' })
    expect(outcome).toMatchObject({ kind: 'ran', replayed: false })
    expect(agent.events.at(-1)).toMatchObject({
      type: 'unreported',
      callId: 'call_1',
      error: { name: 'Unavailable' },
    })
    expect(await agents.call('r', 'call_1')).toMatchObject({ status: 'running' })
    agent.between = undefined
    const again = await run.gate('lookup', params, execute, { callId: 'call_1' })
    expect(again).toMatchObject({ kind: 'ran', replayed: true, output: { refunded: 2400 } })
    expect(await agents.call('r', 'call_1')).toMatchObject({ status: 'succeeded' })
    expect(ran).toHaveLength(1)
  })
})
