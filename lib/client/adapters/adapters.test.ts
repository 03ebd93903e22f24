import { expect, test } from 'vitest'
import { deployAgent } from '@/lib/agents/deploy'
import type { Agents } from '@/lib/testing/agent'
import { eachWithAgents } from '@/lib/testing/each-agents'
import { StaleCheckpoint } from '@/lib/client/errors'
import type { Rest } from '@/lib/testing/rest'
import { gateTools } from './ai.ts'
import { hooks } from './claude.ts'
import { callIdIn, isCounted } from './framework.ts'
import { keptInRun } from './memory-saver.ts'
import { held, settle } from './openai-agents.ts'
import { wrapAll } from './tools.ts'

let rest: Rest
let agents: Agents
eachWithAgents((given) => ({ rest, agents } = given))

const params = { order_id: 'ORD-1', amount: 2400 }

test('ids that may come again are known by how they are made', () => {
  const again = ['call_1', 'call_00001', '0', 'functions.get_v2:0', 'process_refund', '']
  const unique = [
    'call_6kNcD1mVvqYk8rXw2',
    'toolu_01A09q90qw90lq917835lq9',
    '2f1c0b6e-7f0e-4c55-9a70-1f0a6f0f2b11',
    'chatcmpl-tool-93bd1c8e',
  ]
  expect(again.map((id) => callIdIn(3, id, 'refund'))).toEqual([
    '3.call_1',
    '3.call_00001',
    '3.0',
    '3.functions.get_v2:0',
    '3.process_refund',
    '3.refund',
  ])
  expect(unique.map((id) => callIdIn(3, id, 'refund'))).toEqual(unique)
  expect(unique.filter(isCounted)).toEqual([])
})

/** As LangGraph's MemorySaver, as far as it is kept. */
const saverOf = () => ({
  storage: {} as Record<string, Uint8Array>,
  writes: {},
  async put(name: string, value: Uint8Array) {
    this.storage[name] = value
  },
  async putWrites() {},
})

test('a saver keeps 500 kB in the run, goes on after a failed save and ends where another process has saved', async () => {
  const agent = agents.live()
  const run = await agent.hp.run({ id: 'r' })
  const saver = await keptInRun(run, saverOf())
  const large = Uint8Array.from({ length: 500_000 }, (_, at) => at % 251)
  await saver.put('large', large)
  await expect(saver.put('too large', new Uint8Array(900_000))).rejects.toThrow()
  delete saver.storage['too large']
  await saver.put('small', new Uint8Array([1]))
  const other = await keptInRun(await agents.live().hp.run({ id: 'r' }), saverOf())
  expect(other.storage).toEqual({ large, small: new Uint8Array([1]) })
  await other.put('small', new Uint8Array([2]))
  for (let tries = 0; tries < 2; tries++)
    await expect(saver.put('small', new Uint8Array([3]))).rejects.toBeInstanceOf(StaleCheckpoint)
})

/** `allow`, `deny` and so on, of the hook before a tool; `pass` where the agent's own rules decide. */
type Answer = { hookSpecificOutput?: { permissionDecision: string; permissionDecisionReason: string } }
const said = (answer: Answer) => answer.hookSpecificOutput?.permissionDecision ?? 'pass'
const why = (answer: Answer) => answer.hookSpecificOutput?.permissionDecisionReason

/** The hooks of one process. */
async function hooksOf() {
  const run = await agents.live().hp.run({ id: 'r' })
  const made = hooks(run)
  const call = (tool_name: string, id: string, tool_input: object = params) => ({
    tool_name,
    tool_input,
    tool_use_id: id,
  })
  return {
    before: (tool: string, id: string, input?: object) =>
      made.PreToolUse[0]!.hooks[0]!(call(tool, id, input), id),
    after: (tool: string, id: string, tool_response: unknown) =>
      made.PostToolUse[0]!.hooks[0]!({ ...call(tool, id), tool_response }),
  }
}

test.each(['lookup', 'gated'])(
  'of many hooks for one call of %s at once, one lets it through',
  async (tool) => {
    const [one, other] = [await hooksOf(), await hooksOf()]
    const id = 'toolu_01A09q90qw90lq917835lq9'
    const answers = [one, one, one, other, other].map(({ before }) => before(tool, id))
    if (tool === 'gated') await agents.decide(id, 'approve')
    const yes = tool === 'gated' ? 'allow' : 'pass'
    const first = await Promise.race(answers.map(async (answer, i) => ({ i, said: said(await answer) })))
    expect(first.said).toBe(yes)
    await (first.i < 3 ? one : other).after(tool, id, 'Refunded.')
    expect((await Promise.all(answers)).map(said).sort()).toEqual(
      [yes, 'deny', 'deny', 'deny', 'deny'].sort(),
    )
    expect(await agents.call('r', id)).toMatchObject({ status: 'succeeded', output: 'Refunded.' })
    // who comes later hears what came of it
    expect(why(await (await hooksOf()).before(tool, id))).toContain('It gave back: "Refunded."')
  },
  40_000,
)

test('a hook tells what came of the call under the id that was granted', async () => {
  const { before, after } = await hooksOf()
  const id = 'toolu_01B'
  const going = before('gated', id)
  const { id: approval } = await agents.held(id)
  await rest.call('POST', `/api/approvals/${approval}/cancel`, { token: agents.token, body: {} })
  await agents.decide(`${id}.2`, 'approve')
  expect(said(await going)).toBe('allow')
  await after('gated', id, 'Refunded.')
  expect(await agents.call('r', `${id}.2`)).toMatchObject({ status: 'succeeded', output: 'Refunded.' })
})

test('a hook lets nothing pass as another call that had its id', async () => {
  const { before, after } = await hooksOf()
  expect(said(await before('lookup', 'call_1'))).toBe('pass')
  await after('lookup', 'call_1', 'first')
  const second = await before('lookup', 'call_1')
  expect([said(second), why(second)]).toEqual(['deny', expect.stringContaining('used the id call_1 before')])
})

test('a loop’s tools run once each, also where the model’s ids come again', async () => {
  const ran: number[] = []
  const tools = (name: 'soft' | 'lookup') => ({
    [name]: ({ amount }: { amount: number }) => ran.push(amount),
  })
  const run = await agents.live().hp.run({ id: 'r' })
  const { lookup, soft } = wrapAll(run, { ...tools('lookup'), ...tools('soft') }) as never as Record<
    string,
    (params: object, id: string, turn?: number) => Promise<unknown>
  >
  expect(await lookup!({ amount: 1 }, 'call_1', 1)).toBe(1)
  expect(await lookup!({ amount: 1 }, 'call_1', 3)).toBe(2)
  expect(await lookup!({ amount: 1 }, 'call_1', 1)).toBe(1)
  await expect(lookup!({ amount: 1 }, 'call_1')).rejects.toThrow('The turn is needed')
  const going = soft!({ amount: 2 }, 'call_1', 5)
  await agents.decide('5.call_1', 'reject', 'Not now.')
  expect(await going).toContain('Not now.')
  expect(ran).toEqual([1, 1])
})

const withEdits = 'approval: { tools: [{ gated: { edit: [amount] } }] }'
const lower = { ...params, amount: 240 }
const note = 'changed /amount from 2400 to 240 and approved.'

test('a loop’s tool runs once with what a reviewer made of its call, and the model is told, in the next life too', async () => {
  await deployAgent(agents.agent, { name: 'tester', config: withEdits })
  const ran: object[] = []
  const refund = (given: typeof params) => {
    ran.push(given)
    return { refunded: given.amount }
  }
  const life = async () => {
    const run = await agents.live().hp.run({ id: 'r' })
    return wrapAll(run, { gated: refund }).gated(params, 'toolu_01E', 1)
  }
  const going = life()
  await agents.decide('toolu_01E', 'approve', 'A tenth.', lower)
  const told = { refunded: 240, holdpoint: expect.stringContaining(note) as string }
  expect(await going).toEqual(told)
  expect(await life()).toEqual(told)
  expect(ran).toEqual([lower])
  expect(await agents.call('r', 'toolu_01E')).toMatchObject({
    status: 'succeeded',
    output: { refunded: 240 },
  })
})

test('a hook puts what a reviewer made of a call in its place, and tells the model once it ran', async () => {
  await deployAgent(agents.agent, { name: 'tester', config: withEdits })
  const { before, after } = await hooksOf()
  const going = before('gated', 'toolu_01F')
  await agents.decide('toolu_01F', 'approve', 'A tenth.', lower)
  expect(await going).toMatchObject({
    hookSpecificOutput: { permissionDecision: 'allow', updatedInput: lower },
  })
  expect(await after('gated', 'toolu_01F', 'Refunded 240.')).toMatchObject({
    hookSpecificOutput: { additionalContext: expect.stringContaining(note) as string },
  })
  expect(await agents.call('r', 'toolu_01F')).toMatchObject({ status: 'succeeded', output: 'Refunded 240.' })
})

test('a tool of the AI SDK that is called by hand needs an id that comes once', async () => {
  const run = await agents.live().hp.run({ id: 'r' })
  const { lookup } = gateTools(run, { lookup: { execute: (_input: object, _options: object) => 'found' } })
  const call = async (toolCallId: string) => lookup.execute({}, { toolCallId })
  expect(await call('call_6kNcD1mVvqYk8rXw2')).toBe('found')
  await expect(call('call_1')).rejects.toThrow('The turn is needed')
})

test('a tool of the OpenAI Agents SDK is another call after another request to the model', async () => {
  const run = await agents.live().hp.run({ id: 'r' })
  const ran: string[] = []
  const tool = held(run, {
    name: 'gated',
    needsApproval: (_context: unknown, _input: unknown, _id?: string) => Promise.resolve(false),
    invoke: (_context: unknown, input: string, _details?: unknown) => Promise.resolve(ran.push(input)),
  })
  const call = { name: 'gated', callId: 'call_1', arguments: JSON.stringify(params) }
  const approved: unknown[] = []
  for (const requests of [1, 2]) {
    const context = { usage: { requests } } as never
    expect(await tool.needsApproval(context, params as never, 'call_1')).toBe(true)
    const state = {
      usage: { requests },
      getInterruptions: () => [{ rawItem: call }],
      approve: (item: object) => approved.push(item),
      reject: () => expect.unreachable(),
    }
    const settling = settle(run, state)
    await agents.decide(`${requests}.call_1`, 'approve')
    expect(await settling).toEqual([])
    expect(await tool.invoke(context, call.arguments, { toolCall: call } as never)).toBe(requests)
  }
  expect(approved).toHaveLength(2)
})
