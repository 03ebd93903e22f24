import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditEntries } from '@/db/schema/audit'
import { deployAgent } from '@/lib/agents/deploy'
import { makeAgents, type Agents } from '../agent'
import { startRest, type Rest } from '../rest'
import { installFrameworks, modernNode } from '@/examples/install.mjs'
import { installOnce } from '../install-once'
import { startProgram } from './program'

let rest: Rest
let agents: Agents
let folder: string
let examples: string
/** A Node that the newest frameworks run on. */
let node: string | undefined
/** The same agents, with a model that asks for one call a turn and calls each `call_1`. */
let counting: string
beforeAll(async () => {
  examples = await installOnce('agents', installFrameworks)
  node = await installOnce('node', modernNode)
  counting = makeCounting(examples)
  folder = mkdtempSync(join(tmpdir(), 'holdpoint-agents-'))
  rest = await startRest()
  agents = await makeAgents(rest)
  const policy = readFileSync('examples/refund-desk.yaml', 'utf8')
  for (const onRejection of ['continue', 'fail']) {
    const config = policy.replace('on_rejection: continue', `on_rejection: ${onRejection}`)
    await deployAgent(agents.agent, { name: `desk-${onRejection}`, config })
  }
  await deployAgent(agents.agent, { name: 'desk-edit', config: `${policy}  edit: [amount]\n` })
}, 300_000)
afterAll(async () => {
  await rest?.close()
  rmSync(folder, { recursive: true, force: true })
})

function makeCounting(given: string): string {
  const made = join(given, '..', 'counting')
  rmSync(made, { recursive: true, force: true })
  cpSync(given, made, { recursive: true })
  renameSync(join(made, 'desk.mjs'), join(made, 'all-at-once.mjs'))
  const desk = `import { calls } from './all-at-once.mjs'
export * from './all-at-once.mjs'
export const callsAfter = (answers) => calls.slice(answers, answers + 1).map((call) => ({ ...call, id: 'call_1' }))
`
  writeFileSync(join(made, 'desk.mjs'), desk)
  const agent = join(made, 'ai-sdk', 'agent.mjs')
  const text = readFileSync(agent, 'utf8').replace("mode: 'park'", "mode: 'wait'")
  writeFileSync(agent, text)
  return made
}

type Framework = {
  name: string
  example: string
  env?: Record<string, string>
  /** Whether it needs Node 22.13. */
  isModern?: boolean
  /** How many of the calls of a turn it holds at once. */
  holds: 1 | 3
}
const frameworks: Framework[] = [
  { name: 'fetch alone', example: 'fetch', holds: 1 },
  { name: 'Python', example: 'python', holds: 1 },
  { name: 'OpenAI Agents', example: 'openai-agents', holds: 3 },
  { name: 'LangChain', example: 'langchain', holds: 3 },
  { name: 'the AI SDK 6', example: 'ai-sdk', env: { AI_SDK: 'ai-6' }, holds: 3 },
  { name: 'the AI SDK 7', example: 'ai-sdk', isModern: true, holds: 3 },
  { name: 'Mastra', example: 'mastra', isModern: true, holds: 1 },
  { name: 'the Claude Agent SDK', example: 'claude-agent', holds: 1 },
]

function findPython(): string | undefined {
  const { status } = spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 9))'])
  return status === 0 ? 'python3' : undefined
}

type Approval = {
  id: string
  status: string
  run_id: string
  tool_call_id: string
  digest: string
  params: { amount: number }
}

let runs = 0

/** A new run of an example: its processes, what is held of it, and what its tool did in all of them. */
function runOf(
  { name, example, env }: Framework,
  program: string,
  policy: 'continue' | 'fail' | 'edit',
  from: string,
) {
  const run = [name, ...Object.values(env ?? {}), policy, basename(from), ++runs]
    .join('-')
    .replaceAll(' ', '-')
  const ledger = join(folder, `${run}.txt`)
  const variables = {
    HOLDPOINT_URL: rest.url,
    HOLDPOINT_KEY: agents.token,
    HOLDPOINT_AGENT: `desk-${policy}`,
    HOLDPOINT_RUN: run,
    HOLDPOINT_LEDGER: ledger,
    ...env,
  }
  const approvals = async (status = '') => {
    const query = `run_id=${run}${status && `&status=${status}`}`
    const { body } = await rest.call('GET', `/api/approvals?${query}`, { token: agents.token })
    return (body.items ?? []) as Approval[]
  }
  return {
    start: (name = 'agent.mjs') => {
      const file = example === 'python' ? 'examples/python/agent.py' : join(from, example, name)
      return startProgram(program, file, variables)
    },
    ran: () => (existsSync(ledger) ? readFileSync(ledger, 'utf8').trim().split('\n').sort() : []),
    line: (order: number, amount: number) => `${run} ORD-${order} ${amount}`,
    approvals,
    held: async (count: number) => {
      for (let tries = 0; ; tries++) {
        const found = await approvals('pending')
        if (found.length === count) return found
        if (tries === 300) throw new Error(`${run}: ${found.length} are held, not ${count}`)
        await new Promise((done) => setTimeout(done, 100))
      }
    },
  }
}

async function decide(
  { id }: Approval,
  decision: 'approve' | 'reject',
  reason: string,
  edit?: { params: object; digest: string },
): Promise<void> {
  const path = `/api/approvals/${id}/decisions`
  const body = { decision, reason, ...edit }
  const { status } = await rest.call('POST', path, { token: agents.reviewer.token, body })
  // 200 where it was sent again, since a busy machine did not say in time what became of it
  expect(status).toBeOneOf([200, 201])
}

/** 2400 is approved, 1300 rejected, and 1800 expires. */
function end(held: Approval): Promise<void> {
  const { amount } = held.params
  if (amount === 1800) return agents.expireApproval(held.id)
  return decide(held, amount === 2400 ? 'approve' : 'reject', 'The customer has it.')
}

test.each(['nodenext', 'bundler'])('every adapter fits the types of its framework under %s', (resolution) => {
  const place = join(examples, '..', 'types')
  cpSync('lib/testing/agents/types', place, { recursive: true })
  const how = resolution === 'bundler' ? ['--module', 'esnext', '--moduleResolution', 'bundler'] : []
  const args = ['node_modules/typescript/bin/tsc', '-p', place, ...how]
  const { stdout, status } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  expect(stdout).toBe('')
  expect(status).toBe(0)
})

describe.concurrent.each(frameworks)('an agent of $name', (framework) => {
  const { example, isModern, holds } = framework
  const findProgram = () => (example === 'python' ? findPython() : isModern ? node : process.execPath)
  const without = 'needs Node 22.13, or Python 3.9, which this machine does not have'

  test('killed while it is held, and resumed twice at once, runs what was approved once', async (context) => {
    const program = findProgram()
    if (!program) return context.skip(without)
    const run = runOf(framework, program, 'continue', examples)
    const first = run.start()
    await first.says('parked')
    const held = await run.held(holds)
    await first.kill()
    expect(run.ran()).toEqual([run.line(1001, 129)])
    await Promise.all(held.map(end))
    const ends = Promise.all([run.start().ended, run.start().ended])
    for (let rest = 3 - holds; rest > 0; rest--) await Promise.all((await run.held(1)).map(end))
    const whole = (await ends).filter(({ code }) => code === 0)
    expect(run.ran()).toEqual([run.line(1001, 129), run.line(1002, 2400)])
    const all = (await ends).map(({ said }) => said)
    if (whole.length === 0) throw new Error(all.join('\n\n'))
    for (const { said } of whole) {
      expect(said).toContain('Refunded 129 for ORD-1001.')
      expect(said).toContain('Refunded 2400 for ORD-1002.')
      expect(said).toMatch(/was rejected by .*The customer has it\./)
      expect(said).toMatch(/expired|nobody decided/i)
    }
    const statuses = (await run.approvals()).map(({ status }) => status).sort()
    expect(statuses).toEqual(['approved', 'expired', 'rejected'])
  }, 90_000)

  test('ends with a rejection that ends its run, and runs nothing more', async (context) => {
    const program = findProgram()
    if (!program) return context.skip(without)
    const run = runOf(framework, program, 'fail', examples)
    const agent = run.start()
    await agent.says('parked')
    const [large] = (await run.held(holds)).filter(({ params }) => params.amount === 2400)
    if (large) await decide(large, 'reject', 'Fraud.')
    const { code, said } = await agent.ended
    // or what one of the others heard, which ended with the run and may hear it first
    expect(said).toMatch(/refused: .*(Fraud\.|was withdrawn and its run has ended\.)/)
    expect(code).toBe(3)
    expect(run.ran()).toEqual([run.line(1001, 129)])
    expect(await run.approvals('approved,pending')).toEqual([])
  }, 90_000)

  test('runs what a reviewer made of a call once, and tells its model', async (context) => {
    const program = findProgram()
    if (!program) return context.skip(without)
    const run = runOf(framework, program, 'edit', examples)
    const { ended } = run.start()
    const judge = (one: Approval) => {
      if (one.params.amount !== 2400) return decide(one, 'reject', 'The customer has it.')
      const params = { ...one.params, amount: 240 }
      return decide(one, 'approve', 'A tenth.', { params, digest: one.digest })
    }
    for (let left = 3; left > 0; left -= holds) await Promise.all((await run.held(holds)).map(judge))
    const { code, said } = await ended
    console.log(`${framework.name}: ${run.ran().join(', ')}`)
    expect(run.ran()).toEqual([run.line(1001, 129), run.line(1002, 240)])
    if (example !== 'claude-agent') expect(said).toMatch(/changed \/amount from 2400 to 240 .*Refunded 240 /)
    expect(code).toBe(0)
    const [edited] = await run.approvals('approved')
    const path = `/api/runs/${edited?.run_id}/tool-calls/${encodeURIComponent(edited?.tool_call_id ?? '')}`
    const call = await rest.call('GET', path, { token: agents.token })
    expect(JSON.stringify(call.body.output)).toContain('Refunded 240 for ORD-1002.')
    expect(call.body.status).toBe('succeeded')
  }, 90_000)

  // the other frameworks take no id twice: the OpenAI SDK says so, Mastra and Claude Code show the model one answer for both
  if (!['ai-sdk', 'langchain'].includes(example)) return
  test('is not answered with another call’s result where its model uses an id again', async (context) => {
    const program = findProgram()
    if (!program) return context.skip(without)
    const run = runOf(framework, program, 'continue', counting)
    const first = run.start()
    if (example === 'openai-agents') {
      // this SDK takes no id twice
      expect((await first.ended).said).toContain('Tool call ID call_1 was reused for a different invocation')
      return expect(run.ran()).toEqual([run.line(1001, 129)])
    }
    await Promise.race([run.held(1), first.ended.then(({ said }) => Promise.reject(new Error(said)))])
    await first.kill()
    expect(run.ran()).toEqual([run.line(1001, 129)])
    const { ended } = run.start()
    const decided = (async () => {
      for (let rest = 3; rest > 0; rest--) await Promise.all((await run.held(1)).map(end))
    })()
    await Promise.race([decided, ended.then(({ said }) => Promise.reject(new Error(said)))])
    const { code, said } = await ended
    expect(run.ran()).toEqual([run.line(1001, 129), run.line(1002, 2400)])
    expect(said).toMatch(/Refunded 129 .*Refunded 2400 .*was rejected by .*(expired|nobody decided)/i)
    expect(code).toBe(0)
  }, 90_000)
})

test('what LangChain’s own middleware lets through is held all the same, and as it was edited', async () => {
  cpSync('lib/testing/agents/hitl.mjs', join(examples, 'langchain', 'hitl.mjs'))
  const run = runOf({ name: 'HITL', example: 'langchain', holds: 1 }, process.execPath, 'continue', examples)
  const agent = run.start('hitl.mjs')
  const [held] = await run.held(1)
  expect(held?.params).toEqual({ order_id: 'ORD-1002', amount: 2500 })
  expect(run.ran()).toEqual([])
  if (held) await decide(held, 'approve', 'Yes.')
  expect(await agent.ended).toMatchObject({
    code: 0,
    said: expect.stringContaining('Refunded 2500') as string,
  })
})

test('no result was told of a call that nobody let through', async () => {
  const rows = await rest.db
    .select({ action: auditEntries.action })
    .from(auditEntries)
    .where(eq(auditEntries.action, 'approval.bypass_suspected'))
  expect(rows).toEqual([])
})
