import { afterAll, beforeAll, describe, test } from 'vitest'
import { deployAgent } from '@/lib/agents/deploy'
import { keepBook } from '@/lib/testing/book'
import { startFront, type Front } from '@/lib/testing/mcp/front'
import { loadClients, useDesk } from '@/lib/testing/mcp/harness'
import { until } from '@/lib/testing/mcp/line-process'

/* oxlint-disable typescript/no-explicit-any -- tests read fields of whatever came */

/** A call waits, and what it belongs to is stopped: its run, its agent, its project. */
const at = useDesk()
const note = keepBook()
const fronts: Front[] = []
let owner: string
let kit: any
beforeAll(async () => {
  owner = (await at.desk.member('owner')).token
  const config = 'approval: {tools: [ledger/pay], on_rejection: continue}\n'
  for (const name of ['paused', 'paused-hosted']) await deployAgent(at.desk.agent, { name, config })
  kit = (await loadClients()).newer
})
afterAll(() => Promise.all(fronts.map((front) => front.close())))

async function change(method: string, path: string, body: object, token = owner): Promise<void> {
  const { status, text } = await at.rest.call(method, path, { token, body })
  if (status >= 300) throw new Error(`${method} ${path} was answered ${status}: ${text}`)
}

const setAgent = (name: string, to: 'pause' | 'resume') =>
  change('POST', `/api/agents/${name}/${to}`, { reason: 'Look.' })

/** The tools of the hosted server, as an agent calls them. */
async function connect(agent: string) {
  const client = new kit.Client({ name: 'hosted', version: '1' })
  const url = new URL(`${at.rest.url}/api/mcp?agent=${agent}`)
  const requestInit = { headers: { Authorization: `Bearer ${at.desk.token}` } }
  await client.connect(new kit.StreamableHTTPClientTransport(url, { requestInit }))
  return async (name: string, args: object): Promise<any> => {
    const { structuredContent, content } = await client.callTool({ name, arguments: args })
    return structuredContent ?? JSON.parse(content[0].text)
  }
}

/** A call that is asked and waited for at the hosted server, and one that is a permission prompt. */
async function waiting(to: string) {
  const call = await connect('desk-continue')
  const [params, input] = ['asked', 'prompted'].map((how) => ({ to: `${to} ${how}`, amount: 1 }))
  const asked = await call('request_approval', { tool: 'ledger/pay', params, call_id: `${to}-asked` })
  const told = Promise.all([
    call('wait_for_decision', { approval_id: asked.approval_id, seconds: 50 }),
    call('permission', { tool_name: 'ledger/pay', input, tool_use_id: `${to}-prompted` }),
  ])
  const { run_id } = await at.heldFor(`${to} prompted`)
  return { told, runs: [asked.run_id as string, run_id] }
}

describe.concurrent('the run is ended', () => {
  test('by a rejection: every call of it that waits at the proxy is told so, and none runs', async ({
    expect,
  }) => {
    const { client, ledger } = await at.started({ args: ['--agent', 'desk-fail'] })
    for (const one of [1, 2, 3]) client.call(one, 'pay', { to: `over-${one}`, amount: 1 })
    const [first] = await Promise.all([1, 2, 3].map((one) => at.heldFor(`over-${one}`)))
    await at.desk.decide(first!.id, 'reject', 'Enough.')
    const told = await Promise.all([1, 2, 3].map((one) => client.words(one)))
    for (const words of told) expect(words).toMatch(/This run is over\.$/)
    expect(told[0]).toContain('Enough.')
    client.call(4, 'look', { at: 'later' })
    expect(await client.words(4)).toMatch(/This run is over\.$/)
    expect(ledger.ran()).toEqual([])
    note({ run: 'ended by a rejection', ran: ledger.ran(), told })
  })

  test('by whoever runs the agent: what waits at the proxy is told so, and does not run', async ({
    expect,
  }) => {
    const { client, ledger } = await at.started()
    client.call(1, 'pay', { to: 'ended', amount: 1 })
    const { run_id } = await at.heldFor('ended')
    await change('PATCH', `/api/runs/${run_id}`, { status: 'cancelled' }, at.desk.token)
    const told = [await client.words(1)]
    client.call(2, 'look', { at: 'later' })
    told.push(await client.words(2))
    for (const words of told) expect(words).toMatch(/This run is over\.$/)
    expect(ledger.ran()).toEqual([])
    note({ run: 'ended', ran: ledger.ran(), told })
  })

  test('by whoever runs the agent: who waits at the hosted server is told to stop', async ({ expect }) => {
    const { told, runs } = await waiting('hosted-ended')
    for (const run of runs) await change('PATCH', `/api/runs/${run}`, { status: 'failed' }, at.desk.token)
    const [waited, permitted] = await told
    expect(waited).toMatchObject({ status: 'cancelled', next: { action: 'stop' } })
    expect(permitted).toEqual({ behavior: 'deny', message: waited.next.message })
    note({ run: 'ended', hosted: permitted })
  })
})

describe.concurrent('the agent is paused', () => {
  test('what is approved at the proxy waits on, and runs once when it goes on', async ({ expect }) => {
    const front = await startFront(at.rest.url)
    fronts.push(front)
    front.between = (call) => (call.endsWith('/claim') ? 'hold' : undefined)
    const { client, ledger } = await at.started({
      args: ['--patience', '10s'],
      env: { HOLDPOINT_URL: front.url, HOLDPOINT_AGENT: 'paused' },
    })
    const meta = { progressToken: 'p' }
    for (const one of [1, 2]) client.call(one, 'pay', { to: `paused-${one}`, amount: 1 }, meta)
    const [first, second] = await Promise.all([1, 2].map((one) => at.heldFor(`paused-${one}`)))
    // one is paused on its way to the tool, the other while it waits
    await at.desk.decide(first!.id, 'approve')
    await until(() => front.stopped() > 0)
    await setAgent('paused', 'pause')
    front.release()
    await expect(at.desk.decide(second!.id, 'approve')).rejects.toThrow('agent_paused')
    client.call(3, 'look', { at: 'paused' })
    const told = [await client.words(3)]
    expect(told[0]).toBe('The tool was not run: This agent is paused: do not run the tool. Ask again later.')
    await new Promise((done) => setTimeout(done, 3000))
    expect([client.lines.filter((line) => /"id":[12]\b/.test(line)), ledger.ran()]).toEqual([[], []])
    await setAgent('paused', 'resume')
    await at.desk.decide(second!.id, 'approve')
    told.push(await client.words(1), await client.words(2))
    expect(told.slice(1)).toEqual(['paid 1 to paused-1', 'paid 1 to paused-2'])
    expect(ledger.ran().toSorted()).toEqual(['pay paused-1 1', 'pay paused-2 1'])
    note({ agent: 'paused', ran: ledger.ran(), told })
  }, 120_000)

  test('who waits at the hosted server for what is approved waits on', async ({ expect }) => {
    const call = await connect('paused-hosted')
    const what = { tool: 'ledger/pay', params: { to: 'paused-hosted', amount: 1 } }
    const { approval_id } = await call('request_approval', { ...what, call_id: 'paused-hosted' })
    await at.desk.decide(approval_id, 'approve')
    await setAgent('paused-hosted', 'pause')
    const waiting = call('wait_for_decision', { approval_id, seconds: 50 })
    const other = call('permission', { tool_name: 'ledger/look', input: {} })
    expect(await other).toMatchObject({ behavior: 'deny', message: expect.stringContaining('is paused') })
    const early = await Promise.race([waiting, new Promise((done) => setTimeout(done, 2000))])
    expect(early).toBeUndefined()
    await setAgent('paused-hosted', 'resume')
    expect((await waiting).next.action).toBe('execute')
    expect((await call('claim_approval', { approval_id, ...what })).next.action).toBe('execute')
    note({ agent: 'paused', hosted: [(await other).message, (await waiting).next.message] })
  }, 120_000)
})

test('the project is archived: what waits is told so at proxy and hosted server, and nothing runs any more', async ({
  expect,
}) => {
  const { client, ledger } = await at.started()
  client.call(1, 'pay', { to: 'archived', amount: 1 })
  const { told: hosted } = await waiting('hosted-archived')
  await at.heldFor('archived')
  await change('POST', '/api/project/archive', { confirm: at.desk.project.slug })
  const told = [await client.words(1)]
  expect(told[0]).toContain('The project was archived, so nobody decides on ledger/pay.')
  const [waited, permitted] = await hosted
  expect(waited.next.action).toBe('stop')
  expect(permitted).toEqual({ behavior: 'deny', message: waited.next.message })
  for (const [id, name] of [
    [2, 'look'],
    [3, 'pay'],
  ] as const) {
    client.call(id, name, { at: 'later', to: 'later', amount: 1 })
    told.push(await client.words(id))
  }
  const later = await at.started({ ledger })
  later.client.call(1, 'look', { at: 'later' })
  told.push(await later.client.words(1))
  for (const words of told.slice(1)) expect(words).toMatch(/archived|This run is over/)
  expect(ledger.ran()).toEqual([])
  note({ project: 'archived', ran: ledger.ran(), told, hosted: permitted })
}, 120_000)
