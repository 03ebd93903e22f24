import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { makeTestProject } from '@/lib/testing/project'
import { startRest, type Rest } from '@/lib/testing/rest'

const folder = join(process.cwd(), 'examples/order-manager')
const policy = (name: string) => join(folder, `policy-${name}.yaml`)

let rest: Rest
let agentKey: string
let deployKey: string
let reviewer: string
let place: string
let child: ChildProcess | undefined
beforeAll(async () => {
  rest = await startRest()
})
afterAll(() => rest.close())
beforeEach(async () => {
  place = mkdtempSync(join(tmpdir(), 'order-manager-resume-'))
  const project = await makeTestProject(rest.db)
  agentKey = (await project.key(['run'])).token
  deployKey = (await project.key(['deploy'])).token
  reviewer = (await project.member('reviewer')).token
})
afterEach(() => {
  child?.kill('SIGKILL')
  rmSync(place, { recursive: true })
})

/** One life of the agent; resolves with what it said when it has ended. */
async function live(
  options: { url?: string; policy?: string } = {},
): Promise<{ code: number | null; said: string }> {
  const { url = rest.url } = options
  const flags = ['--run', 'order-1', '--ledger', join(place, 'ledger.txt')]
  if (options.policy) flags.push('--policy', options.policy)
  const env = { ...process.env, HOLDPOINT_URL: url, HOLDPOINT_KEY: agentKey, HOLDPOINT_DEPLOY_KEY: deployKey }
  const life = spawn(process.execPath, ['--import', 'tsx', join(folder, 'main.ts'), ...flags], { env })
  child = life
  let said = ''
  for (const stream of [life.stdout, life.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text))
  const code = await new Promise<number | null>((done) => life.on('close', done))
  return { code, said }
}

async function kill(life: Promise<unknown>): Promise<void> {
  child?.kill('SIGKILL')
  await life
}

/** What the tools did, from their own books. */
function executed(): string[] {
  const lines = readFileSync(join(place, 'ledger.txt'), 'utf8').split('\n').filter(Boolean)
  return lines.map((line) => {
    const { tool, params } = JSON.parse(line) as { tool: string; params: { order_id: string } }
    return `${tool.split('.')[1]} ${params.order_id}`
  })
}

async function held(tool: string, status = 'pending'): Promise<{ id: string; tool_call_id: string }> {
  const answer = await expect
    .poll(() => find(tool, status), { timeout: 45_000 })
    .toBeDefined()
    .then(() => find(tool, status))
  if (!answer) throw new Error('gone again')
  return answer
}

async function find(tool: string, status: string) {
  const { body } = await rest.call('GET', `/api/approvals?status=${status}&tool=order_tools.${tool}`, {
    token: reviewer,
  })
  return body.items?.[0] as { id: string; tool_call_id: string } | undefined
}

async function decide(tool: string, decision: string, reason?: string): Promise<void> {
  const { id } = await held(tool)
  const body = { decision, ...(reason ? { reason } : {}) }
  const { status } = await rest.call('POST', `/api/approvals/${id}/decisions`, { token: reviewer, body })
  expect(status).toBe(201)
}

async function trace() {
  const { body } = await rest.call('GET', '/api/runs/order-1', { token: agentKey })
  const steps = body.steps as Record<string, unknown>[]
  const calls = steps
    .filter((step) => step.kind === 'tool')
    .map((step) => `${String(step.tool_call_id)} ${String(step.status)}`)
  const messages = steps.filter((step) => step.kind === 'message').map((step) => String(step.output))
  const names = steps.filter((step) => step.kind !== 'tool').map((step) => step.name)
  return { status: body.status, error: body.error, calls, messages, names }
}

/**
 * Stands between agent and API; `cut` says where the agent dies: before a request arrives, or before an answer does,
 * whose body is looked for too.
 */
async function deadly(path: RegExp, cut: 'request' | 'answer'): Promise<{ url: string; server: Server }> {
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const isMeant = path.test(`${incoming.method} ${incoming.url}`)
    if (isMeant && cut === 'request') return void child?.kill('SIGKILL')
    const { method, headers } = incoming
    const upstream = request(rest.url + incoming.url, { method, headers }, async (answer) => {
      const parts: Buffer[] = []
      for await (const part of answer) parts.push(part as Buffer)
      if (cut === 'answer' && path.test(String(Buffer.concat(parts)))) return void child?.kill('SIGKILL')
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers).end(Buffer.concat(parts))
    })
    upstream.on('error', () => outgoing.destroy())
    upstream.end(Buffer.concat(chunks))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server }
}

const all = [
  'lookup_order ORD-1234',
  'process_refund ORD-1234',
  'process_refund ORD-1287',
  'cancel_order ORD-1199',
]

describe('the policy files', () => {
  test.each([
    [
      'always',
      [
        'approval:',
        'tools:',
        '- order_tools.process_refund',
        'timeout: 600',
        'message: "This refund requires manager approval."',
      ],
    ],
    [
      'conditional',
      [
        'approval:',
        'tools:',
        '- order_tools.cancel_order # always gated',
        '- order_tools.process_refund: param.amount > 1000 # conditional',
        'timeout: 3600',
        'message: "This action requires manager approval."',
        'on_rejection: continue',
      ],
    ],
  ])('%s holds the lines of the published page', (name, lines) => {
    const text = readFileSync(policy(name), 'utf8')
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line) => line.trim()),
    ).toEqual(lines)
  })

  test('are understood without a warning', async () => {
    const deploy = async (name: string, file: string) => {
      const headers = { 'Content-Type': 'application/yaml' }
      const body = readFileSync(join(folder, file), 'utf8')
      const { token } = await (await makeTestProject(rest.db)).key(['deploy'])
      return (await rest.call('PUT', `/api/agents/${name}`, { token, body, headers })).body
    }
    expect(await deploy('order-manager', 'policy-always.yaml')).toMatchObject({
      warnings: [],
      policy: {
        tools: [{ tool: 'order_tools.process_refund', when: null }],
        timeout: 600,
        on_rejection: 'fail',
      },
    })
    expect(await deploy('order-manager', 'policy-conditional.yaml')).toMatchObject({
      warnings: [],
      policy: {
        tools: [
          { tool: 'order_tools.cancel_order', when: null },
          { tool: 'order_tools.process_refund', when: 'param.amount > 1000' },
        ],
        timeout: 3600,
        on_rejection: 'continue',
      },
    })
    expect(await deploy('support-triage', 'support-triage.yaml')).toMatchObject({
      warnings: [],
      policy: { tools: [{ tool: 'db_*', when: null }] },
    })
  })
})

describe('an agent process', { timeout: 120_000 }, () => {
  test('killed while waiting goes on, and runs everything once', async () => {
    const first = live()
    await held('process_refund')
    await kill(first)
    expect(executed()).toEqual(all.slice(0, 2))
    await decide('process_refund', 'approve')
    const second = live()
    await held('cancel_order')
    expect(executed()).toEqual(all.slice(0, 3))
    await kill(second)
    const third = live()
    await decide('cancel_order', 'approve')
    expect(await third).toMatchObject({ code: 0 })
    expect(executed()).toEqual(all)
    const calls = ['call_1 succeeded', 'call_2 succeeded', 'call_3 succeeded', 'call_4 succeeded']
    const names = ['Turn 1', 'Turn 2', 'Turn 3', 'Turn 4']
    expect(await trace()).toMatchObject({ status: 'completed', calls, names })
    expect(await live()).toMatchObject({ code: 0, said: expect.stringContaining('completed') as string })
    expect(executed()).toEqual(all)
  })

  test('killed after its claim never runs on that claim', async () => {
    const { url, server } = await deadly(/"claimed_at":"/, 'answer')
    const first = live({ url })
    await decide('process_refund', 'approve')
    await first
    server.close()
    expect(executed()).toEqual(all.slice(0, 2))
    const second = live()
    expect((await held('process_refund')).tool_call_id).toBe('call_3.2')
    expect(executed()).toEqual(all.slice(0, 2))
    await decide('process_refund', 'approve')
    await decide('cancel_order', 'approve')
    await second
    expect(executed()).toEqual(all)
    const calls = [
      'call_1 succeeded',
      'call_2 succeeded',
      'call_3 failed',
      'call_3.2 succeeded',
      'call_4 succeeded',
    ]
    expect(await trace()).toMatchObject({ status: 'completed', calls })
  })

  test('killed after the tool ran finds that in its books', async () => {
    const { url, server } = await deadly(/call_3\/result$/, 'request')
    const first = live({ url })
    await decide('process_refund', 'approve')
    await first
    server.close()
    expect(executed()).toEqual(all.slice(0, 3))
    const last = live()
    await decide('cancel_order', 'approve')
    await last
    expect(executed()).toEqual(all)
    expect((await trace()).calls).toContain('call_3 succeeded')
  })

  test('ends with the reason where a rejection ends the run, also when it comes back', async () => {
    const life = live({ policy: policy('always') })
    await decide('process_refund', 'reject', 'Not without a photo.')
    const reason = expect.stringContaining('Not without a photo.') as string
    expect(await life).toMatchObject({ code: 0, said: reason })
    expect(await trace()).toMatchObject({
      status: 'failed',
      error: reason,
      calls: ['call_1 succeeded', 'call_2 rejected'],
    })
    expect(await live()).toMatchObject({ code: 0, said: reason })
    expect(executed()).toEqual(all.slice(0, 1))
  })

  test('goes on with other things after a rejection that allows it, and after an expiry', async () => {
    const life = live()
    await decide('process_refund', 'reject', 'Ask the carrier first.')
    const { id } = await held('cancel_order')
    await rest.db.execute(
      sql`update approvals set expires_at = clock_timestamp() - interval '1 millisecond' where id = ${id}`,
    )
    expect(await life).toMatchObject({ code: 0 })
    expect(executed()).toEqual(all.slice(0, 2))
    const { status, calls, messages } = await trace()
    expect({ status, calls }).toEqual({
      status: 'completed',
      calls: ['call_1 succeeded', 'call_2 succeeded', 'call_3 rejected', 'call_4 expired'],
    })
    expect(messages).toEqual([
      expect.stringMatching(/cannot do .* ORD-1287/),
      expect.stringMatching(/ORD-1199 is still waiting/),
    ])
  })

  test('says in a sentence what it lacks', async () => {
    agentKey = ''
    expect(await live()).toMatchObject({
      code: 1,
      said: expect.stringMatching(/^HOLDPOINT_KEY is not set/) as string,
    })
    agentKey = reviewer
    expect(await live()).toMatchObject({
      code: 1,
      said: expect.stringContaining('not an agent key') as string,
    })
    agentKey = 'hpa_unknown'
    expect(await live()).toMatchObject({
      code: 1,
      said: expect.stringMatching(/^HOLDPOINT_KEY is not, or no/) as string,
    })
  })
})
