import { appendFileSync } from 'node:fs'
import { afterAll, describe, test } from 'vitest'
import { deployAgent } from '@/lib/agents/deploy'
import { revokeKey } from '@/lib/keys/revoke-key'
import { startFront, type Between, type Front } from '@/lib/testing/mcp/front'
import { keepBook } from '@/lib/testing/book'
import { useDesk, type Ledger } from '@/lib/testing/mcp/harness'
import { until } from '@/lib/testing/mcp/line-process'

/**
 * What happens to a held call on its way, told alike by each way that needs no change to an agent: the MCP proxy, a coding
 * agent's hook, and `run` before a program.
 */
const at = useDesk()
const note = keepBook()
const fronts: Front[] = []
afterAll(() => Promise.all(fronts.map((front) => front.close())))

/** Makes a call. @returns what is told in the end */
type Way = (
  call: { to: string; amount: number; ledger: Ledger },
  env: Record<string, string>,
) => Promise<string>

const access = (env: Record<string, string>) => ({
  PATH: process.env.PATH ?? '',
  HOME: at.desk.folder,
  HOLDPOINT_KEY: at.desk.token,
  HOLDPOINT_AGENT: 'desk-continue',
  HOLDPOINT_PATIENCE: '20s',
  ...env,
})
const ways: Record<string, Way> = {
  'the MCP proxy': async ({ to, amount, ledger }, env) => {
    const { client } = await at.started({ env, ledger, args: ['--patience', '20s', '--run-per', to] })
    client.call(1, 'pay', { to, amount }, { 'holdpoint/callId': to })
    return client.words(1, 60_000)
  },
  'a hook': async ({ to, amount, ledger }, env) => {
    const hook = async (event: string, more = {}) => {
      const start = { command: process.execPath, args: [at.desk.program, 'hook', 'claude-code'] }
      const client = at.lines({ ...start, env: access(env) })
      const said = { hook_event_name: event, session_id: to, tool_use_id: to, tool_name: 'ledger/pay' }
      client.say(JSON.stringify({ ...said, tool_input: { to, amount }, ...more }))
      client.child.stdin!.end()
      await client.ended
      return client.lines[0] ?? client.stderr
    }
    // what a coding agent does: it runs the tool where the hook says so, and tells of it
    const said = await hook('PreToolUse')
    if (!said.includes('"permissionDecision":"allow"')) return said
    appendFileSync(ledger.file, `pay ${to} ${amount}\n`)
    await hook('PostToolUse', { tool_response: `paid ${amount} to ${to}` })
    return `paid ${amount} to ${to}`
  },
  'a program': async ({ to, amount, ledger }, env) => {
    const write = `require('fs').appendFileSync(process.argv[1], 'pay ${to} ${amount}\\n'); console.log('paid ${amount} to ${to}')`
    const params = ['--run', to, '-t', 'ledger/pay', '-p', `to=${to}`, '-p', `amount:=${amount}`]
    const behind = ['--patience', '20s', '--', process.execPath, '-e', write, ledger.file]
    const args = [at.desk.program, 'run', ...params, ...behind]
    const client = at.lines({ command: process.execPath, args, env: access(env) })
    const [code] = (await client.ended) as [number]
    return `${client.lines.join(' ')} exit ${code} ${client.stderr}`
  },
}
const each = Object.keys(ways)

let count = 0
/** A call that is on its way to Holdpoint through a front, which may stop it at some place. */
async function begin(way: string, stop?: Front['between'], env = {}) {
  const front = await startFront(at.rest.url)
  fronts.push(front)
  front.between = stop
  const to = `event-${++count}`
  const ledger = at.desk.ledger()
  const again = (amount = 1) => ways[way]!({ to, amount, ledger }, { HOLDPOINT_URL: front.url, ...env })
  return { front, to, again, ended: again(), ran: () => ledger.ran().length }
}

/** Stops what asks again for the same call and waits: the proxy reads it, the client of the others asks by the same id. */
function inTheWait(way: string, between: () => Between | undefined): Front['between'] {
  let asks = 0
  const isWait = (call: string) =>
    way === 'the MCP proxy'
      ? /^GET \/approvals\/apr$/.test(call)
      : /^POST \/approvals$/.test(call) && ++asks > 1
  return (call) => (isWait(call) ? between() : undefined)
}

const approve = async (to: string) => at.desk.decide((await at.heldFor(to)).id, 'approve')

describe.concurrent.each(each)('%s', (way) => {
  const it = test.extend<{ tell: (event: string, told: string, ran: number) => void }>({
    // eslint-disable-next-line no-empty-pattern -- vitest reads the names of the fixtures that it takes
    tell: async ({}, use) => use((event, told, ran) => note({ way, event, told: told.slice(0, 160), ran })),
  })

  it('asks once where the answer to its ask is lost', { timeout: 90_000 }, async ({ expect, tell }) => {
    const lost = (call: string) => (/^POST \/approvals$/.test(call) ? ('lose' as const) : undefined)
    const { front, to, ended, ran } = await begin(way, lost)
    await until(() => front.stopped() === 1)
    const { id } = await at.heldFor(to)
    front.release()
    await new Promise((done) => setTimeout(done, 2000))
    expect((await at.heldFor(to)).id).toBe(id)
    await at.desk.decide(id, 'approve')
    const told = await ended
    expect(told).toContain(`paid 1 to ${to}`)
    expect(ran()).toBe(1)
    tell('ask’s answer lost', told, ran())
  })

  it('goes on by the same claim where its answer is lost', { timeout: 90_000 }, async ({ expect, tell }) => {
    const lost: Front['between'] =
      way === 'the MCP proxy'
        ? (call) => (call.endsWith('/claim') ? 'lose' : undefined)
        : inTheWait(way, () => 'lose')
    const { front, to, ended, ran } = await begin(way, lost)
    await approve(to)
    await until(async () => (await at.heldFor(to, 'approved')).claimed_at && front.stopped() === 1)
    expect(ran()).toBe(0)
    front.release()
    const told = await ended
    expect(told).toContain(`paid 1 to ${to}`)
    expect(ran()).toBe(1)
    tell('claim’s answer lost', told, ran())
  })

  it('waits on while nobody answers for a while', { timeout: 90_000 }, async ({ expect, tell }) => {
    const away = inTheWait(way, () => (response) => response.destroy())
    const { front, to, ended, ran } = await begin(way, away)
    await approve(to)
    await new Promise((done) => setTimeout(done, 4000))
    expect(ran()).toBe(0)
    front.release()
    const told = await ended
    expect(told).toContain(`paid 1 to ${to}`)
    expect(ran()).toBe(1)
    tell('server away in a wait', told, ran())
  })

  it('asks now and then where no more waits are held', { timeout: 90_000 }, async ({ expect, tell }) => {
    let refused = 0
    const full: Between = (response) => {
      refused++
      const body = { code: 'too_many_waits', status: 429, detail: 'Too many answers are held.' }
      response.writeHead(429, { 'Content-Type': 'application/problem+json' }).end(JSON.stringify(body))
    }
    const once = inTheWait(way, () => (refused === 0 ? full : undefined))
    const { to, ended, ran } = await begin(way, once)
    await until(() => refused === 1)
    await approve(to)
    const told = await ended
    expect(told).toContain(`paid 1 to ${to}`)
    expect(ran()).toBe(1)
    tell('too many waits', told, ran())
  })

  it('says no at once where its key is revoked in a wait', { timeout: 90_000 }, async ({ expect, tell }) => {
    const { actor, token } = await at.desk.key(['run'])
    const { to, again, ended, ran } = await begin(way, undefined, { HOLDPOINT_KEY: token })
    await at.heldFor(to)
    await revokeKey(await at.desk.member('admin'), { id: actor.id })
    const told = await ended
    expect(told).toMatch(way === 'a program' ? /exit 3 / : /key|credential/i)
    await approve(to)
    expect(await again()).not.toContain('paid')
    expect(ran()).toBe(0)
    tell('key revoked in a wait', told, 0)
  })

  it(
    'keeps its answer where the policy is another by then',
    { timeout: 90_000 },
    async ({ expect, tell }) => {
      const name = `redeployed-${each.indexOf(way)}`
      const config = (tools: string) => `approval: {tools: [${tools}], on_rejection: continue}\n`
      await deployAgent(at.desk.agent, { name, config: config('ledger/pay') })
      const { to, again, ended, ran } = await begin(way, undefined, { HOLDPOINT_AGENT: name })
      await at.heldFor(to)
      await deployAgent(at.desk.agent, { name, config: config('other') })
      await new Promise((done) => setTimeout(done, 1000))
      expect(ran()).toBe(0)
      await at.desk.decide((await at.heldFor(to)).id, 'reject', 'Still no.')
      const told = await ended
      expect(told).toContain('Still no.')
      await again()
      expect(ran()).toBe(0)
      tell('policy redeployed', told, 0)
    },
  )

  it(
    'of an id that was used with other params runs nothing',
    { timeout: 90_000 },
    async ({ expect, tell }) => {
      const { to, again, ended, ran } = await begin(way)
      await at.heldFor(to)
      const told = await again(2)
      expect(told).toMatch(way === 'a program' ? /exit 2 / : /another call|other params|differ/i)
      await approve(to)
      expect(await ended).toContain(`paid 1 to ${to}`)
      expect(ran()).toBe(1)
      tell('same id, other params', told, 1)
    },
  )

  it('does not run again what ran', { timeout: 90_000 }, async ({ expect, tell }) => {
    const { to, again, ended, ran } = await begin(way)
    await approve(to)
    await ended
    await until(async () => {
      const { run_id: run, tool_call_id: id } = await at.heldFor(to, 'approved')
      const path = `/api/runs/${run}/tool-calls/${encodeURIComponent(id)}`
      return (await at.rest.call('GET', path, { token: at.desk.token })).body.status === 'succeeded'
    })
    const told = await again()
    expect(told).toMatch(/paid 1 to|ran before|ran already|not run again/)
    expect(ran()).toBe(1)
    tell('same call again', told, 1)
  })
})
