import { execFile } from 'node:child_process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeAgents, type Agents } from '@/lib/testing/agent'
import { startRest, type Rest } from '@/lib/testing/rest'
import type { Outcome } from './holdpoint.ts'

/** How many, and the first of them: `SEED=17 RUNS=1` runs one again. */
const runs = Number(process.env.RUNS ?? 60)
const firstSeed = Number(process.env.SEED ?? 1)
/** Each has a project of its own, since a key may hold a hundred answers. */
const lanes = 10

let rest: Rest
beforeAll(async () => {
  rest = await startRest()
})
afterAll(() => rest.close())

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
function chance(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms))
const never = () => new Promise<never>(() => undefined)

/** A call of the agent, and in which of its lives it ran. */
type Call = { callId: string; tool: string; executions: string[] }
type Seen = { callId: string; outcome: Outcome<string> }

/** An agent that dies three times at most, while people decide, deadlines pass and answers get lost. */
async function interleave(agents: Agents, seed: number): Promise<void> {
  const random = chance(seed)
  const id = `run-${seed}`
  const calls: Call[] = Array.from({ length: 1 + Math.floor(random() * 3) }, (_, i) => ({
    callId: `call-${i}`,
    tool: ['gated', 'soft', 'soft', 'lookup'][Math.floor(random() * 4)] ?? 'soft',
    executions: [],
  }))
  const seen: Seen[] = []
  const deciding = decideAtRandom(agents, id, random)
  for (let life = 1; life <= 3; life++) await live(agents, id, calls, `life ${life}`, seen, random)
  await live(agents, id, calls, 'last life', seen)
  await deciding.stop()
  for (const { callId, executions, tool } of calls) {
    expect(executions.length, `${callId} ran in ${executions.join(' and ')}`).toBeLessThanOrEqual(1)
    const asked = await approvalsOf(agents, id)
    const tries = asked.filter(({ tool_call_id }) => tool_call_id.replace(/\.\d$/, '') === callId)
    // what is recorded is what the one execution gave back
    for (const toolCallId of tool === 'lookup' ? [callId] : tries.map(({ tool_call_id }) => tool_call_id)) {
      const { status, output } = await agents.call(id, toolCallId)
      if (status === 'succeeded') expect([output]).toEqual(executions)
    }
    // whoever heard that it ran heard what came of it, and nobody heard that and a no
    for (const { outcome } of seen.filter((one) => one.callId === callId)) {
      if (outcome.kind === 'ran') expect([outcome.output]).toEqual(executions)
      else expect([outcome.kind, executions]).toEqual(['rejected', []])
    }
    const approved = tries.filter(({ decision }) => decision?.decision === 'approve')
    if (tool !== 'lookup') expect(approved.length).toBeGreaterThanOrEqual(executions.length)
  }
}

type Asked = { id: string; tool_call_id: string; decision: { decision: string } | null }

async function approvalsOf(agents: Agents, run: string, more = ''): Promise<Asked[]> {
  const { body } = await rest.call('GET', `/api/approvals?run_id=${run}${more}`, { token: agents.token })
  return (body.items ?? []) as Asked[]
}

/**
 * One process: it is at each of its calls once or twice at a time.
 * @param random when it ends and which answers it loses; without, neither happens
 */
async function live(
  agents: Agents,
  id: string,
  calls: Call[],
  name: string,
  seen: Seen[],
  random?: () => number,
): Promise<void> {
  const dying = new AbortController()
  const die = () => {
    dying.abort(new Error('killed'))
    return never()
  }
  const agent = agents.live({ signal: dying.signal })
  let left = random ? Math.floor(random() * 12) : Infinity
  const timer = random && random() < 0.5 ? setTimeout(() => void die(), random() * 600) : undefined
  agent.between = async ({ send }) => {
    const isLast = left-- <= 0
    // before it is sent, or before its answer is there
    if (dying.signal.aborted || (isLast && random && random() < 0.5)) return die()
    const isLost = random !== undefined && random() < 0.15
    const answer = await send()
    if (isLast || dying.signal.aborted) return die()
    if (!isLost) return answer
    throw new TypeError('fetch failed', { cause: new Error('the answer was lost') })
  }
  const at = async ({ callId, tool, executions }: Call) => {
    const run = await agent.hp.run({ id })
    const execute = async () => {
      executions.push(name)
      if (random && random() < 0.1) return die()
      if (random) await sleep(random() * 50)
      return name
    }
    // whether nobody knows what became of it takes ten seconds to be found out
    const signal = executions.some((one) => one !== name) ? AbortSignal.timeout(800) : undefined
    const outcome = await run.gate(tool, { callId }, execute, { callId, signal })
    if (!dying.signal.aborted) seen.push({ callId, outcome })
  }
  const isDead = new Promise((done) => dying.signal.addEventListener('abort', done))
  const all = calls.flatMap((call) => (random && random() < 0.3 ? [call, call] : [call]))
  await Promise.race([isDead, Promise.allSettled(all.map(at))])
  clearTimeout(timer)
}

/** People, and a clock that passes deadlines, for all that is held of a run. */
function decideAtRandom(agents: Agents, run: string, random: () => number) {
  let isOn = true
  const once = async (id: string) => {
    const dice = random()
    if (dice < 0.1) return agents.expireApproval(id)
    const path = `/api/approvals/${id}`
    if (dice < 0.2) return rest.call('POST', `${path}/cancel`, { token: agents.token, body: {} })
    const body = { decision: dice < 0.35 ? 'reject' : 'approve', reason: 'At random.' }
    return rest.call('POST', `${path}/decisions`, { token: agents.reviewer.token, body })
  }
  const done = (async () => {
    while (isOn) {
      await sleep(100 + random() * 150)
      await Promise.all((await approvalsOf(agents, run, '&status=pending')).map(({ id }) => once(id)))
    }
  })()
  return {
    stop: () => {
      isOn = false
      return done
    },
  }
}

/** All of the seeds, in lanes. @throws the first that failed, with how to run it again */
async function interleavings(one: (agents: Agents, seed: number) => Promise<void>): Promise<void> {
  const seeds = Array.from({ length: runs }, (_, i) => firstSeed + i)
  const lane = async () => {
    const agents = await makeAgents(rest)
    for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
      await one(agents, seed).catch((cause: unknown) => {
        throw new Error(`with SEED=${seed} RUNS=1: ${String(cause)}`, { cause })
      })
    }
  }
  await Promise.all(Array.from({ length: Math.min(lanes, runs) }, lane))
  expect(seeds).toEqual([])
}

test(
  `${runs} interleavings of crash, lost answer, duplicate, decision and expiry run no call twice`,
  async () => {
    await interleavings(interleave)
  },
  30_000 + runs * 2000,
)

/** A process whose wait is aborted just about when a person approves, and another one that comes after it. */
async function abortAtDecision(agents: Agents, seed: number): Promise<void> {
  const random = chance(seed)
  const callId = `abort-${seed}`
  const tool = random() < 0.2 ? 'lookup' : 'soft'
  let executions = 0
  const gate = async (signal?: AbortSignal) => {
    const run = await agents.live().hp.run({ id: callId })
    return run.gate(tool, { seed }, () => ++executions, { callId, signal })
  }
  const ending = new AbortController()
  const first = gate(ending.signal).catch((error: unknown) => error)
  const approve = async (id: string) => {
    const given = { token: agents.reviewer.token, body: { decision: 'approve' } }
    await rest.call('POST', `/api/approvals/${id}/decisions`, given)
  }
  const deciding = tool === 'soft' ? approve((await agents.held(callId)).id) : undefined
  await sleep(random() * 60)
  ending.abort()
  await Promise.all([first, deciding])
  let isOver = false
  const second = gate().finally(() => (isOver = true))
  for (; !isOver; await sleep(50)) {
    for (const { id } of await approvalsOf(agents, callId, '&status=pending')) await approve(id)
  }
  expect(await second).toMatchObject({ kind: 'ran', output: 1 })
  expect(executions).toBe(1)
}

test('a wait that is aborted at any moment leaves nobody wondering whether the call ran', async () => {
  await interleavings(abortAtDecision)
}, 120_000)

/** An agent whose clock is wrong: three calls that a person, nobody and a server that is away see to. */
const program = (shiftMs: number, key: string, run: string) => `
  const real = Date
  globalThis.Date = class extends real {
    constructor(...given) { given.length > 0 ? super(...given) : super(real.now() + ${shiftMs}) }
    static now() { return real.now() + ${shiftMs} }
  }
  const { holdpoint } = await import(${JSON.stringify(`${process.cwd()}/lib/client/holdpoint.ts`)})
  const hp = holdpoint({ url: ${JSON.stringify(rest.url)}, key: ${JSON.stringify(key)}, agent: 'tester' })
  const run = await hp.run({ id: '${run}' })
  const gate = (callId) => run.gate('soft', { callId }, () => 'done', { callId })
  const away = holdpoint({ url: 'http://127.0.0.1:9', key: 'hpa_1', patience: '700ms' })
  const begun = performance.now()
  const [approved, expired, error] = await Promise.all([
    gate('${run}-approved'), gate('${run}-expired'), away.me().catch((error) => error.name + (performance.now() - begun < 600)),
  ])
  console.log(JSON.stringify([approved.kind, expired.status, error]))
  process.exit(0)
`

test.each([
  ['fast', 3_600_000],
  ['slow', -3_600_000],
])('a clock that is an hour %s changes no deadline and no patience', async (run, shiftMs) => {
  const agents = await makeAgents(rest)
  const args = ['--import', 'tsx', '--input-type=module', '-e', program(shiftMs, agents.token, run)]
  const said = new Promise<string>((done, fail) =>
    execFile(process.execPath, args, (error, stdout) => (error ? fail(error) : done(stdout))),
  )
  await agents.decide(`${run}-approved`, 'approve')
  await agents.expire(`${run}-expired`)
  expect(JSON.parse(await said)).toEqual(['ran', 'expired', 'Unavailablefalse'])
})
