import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { startFront, type Between, type Front } from '@/lib/testing/mcp/front'
import { keepBook } from '@/lib/testing/book'
import { ledgerServer, startApart, useDesk } from '@/lib/testing/mcp/harness'
import { isAlive, until, type LineProcess } from '@/lib/testing/mcp/line-process'
import { freePort } from '@/lib/testing/server-processes'

/** Everything beside the proxy fails in turn: nothing runs without a decision, nothing twice, and the client hears why. */
let holdpoint: Awaited<ReturnType<typeof startApart>>
const at = useDesk(async () => (holdpoint = await startApart({ MAX_PENDING_PER_AGENT: '0' })))
const note = keepBook()
const fronts: Front[] = []
/** What a redirect leads to; it must not hear the key. */
const heard: string[] = []
const elsewhere = createServer((request, response) => {
  heard.push(String(request.headers.authorization))
  response.end('{}')
})
beforeAll(() => new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve)))
afterAll(() => Promise.all(fronts.map((front) => front.close())))
afterAll(() => new Promise((resolve) => elsewhere.close(resolve)))

const json = { 'Content-Type': 'application/json' }
const answers: Record<string, Between> = {
  'status 500': (response) => {
    response.writeHead(500, json).end('{"code":"internal","status":500,"detail":"Something went wrong."}')
  },
  garbage: (response) => {
    response.writeHead(200, json).end('{"required":false,"next":')
  },
  'somebody else’s yes': (response) => {
    response.writeHead(200, json).end('{"required":false,"next":{"action":"execute","message":"Go."}}')
  },
  HTML: (response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>Sign in to the network</html>')
  },
  'a redirect': (response: ServerResponse) => {
    const { port } = elsewhere.address() as AddressInfo
    response.writeHead(307, { Location: `http://127.0.0.1:${port}/` }).end()
  },
  nothing: 'hold',
}

const places: Record<string, RegExp> = {
  'the ask': /^POST \/approvals$/,
  'the wait': /^GET \/approvals\/apr$/,
  'the claim': /\/claim$/,
  'the result': /\/result$/,
}

const away = /^Holdpoint could not be asked, so the tool was not run/

/** A call by its own id that pays somebody. */
function pay(client: LineProcess, id: number, to: string): void {
  client.call(id, 'pay', { to, amount: 1 }, { 'holdpoint/callId': to })
}

async function approve(to: string): Promise<void> {
  await at.desk.decide((await at.heldFor(to)).id, 'approve')
}

/** Ends a client, after which neither its proxy nor the server of that is there. */
async function leave(client: LineProcess, lines: () => string[]): Promise<void> {
  client.child.stdin!.end()
  await client.ended
  const servers = lines().flatMap((line) => /^started (\d+)$/.exec(line)?.slice(1).map(Number) ?? [])
  await until(() => ![client.child.pid!, ...servers].some(isAlive))
}

const cases = Object.keys(answers).flatMap((answer) =>
  Object.keys(places).map((place): [string, string] => [answer, place]),
)

describe.concurrent('Holdpoint answers', () => {
  test.for(cases)('%s to %s', { timeout: 120_000 }, async ([answer, place], { expect }) => {
    const to = `${answer} to ${place}`.replaceAll(' ', '-').replace('’', '')
    const front = await startFront(at.rest.url)
    fronts.push(front)
    const fail = () => (front.between = (call) => (places[place]!.test(call) ? answers[answer] : undefined))
    const env = { HOLDPOINT_URL: front.url }
    const { client, ledger } = await at.started({ args: ['--patience', '10s'], env })
    const told: string[] = []
    fail()
    pay(client, 1, to)
    if (place === 'the ask' || place === 'the claim') {
      if (place === 'the claim') await approve(to)
      told.push(await client.words(1, 60_000))
      expect(told[0]).toMatch(away)
      if (answer === 'a redirect') expect(told[0]).toContain('which is not followed')
      expect(ledger.ran()).toEqual([])
      front.release()
      pay(client, 2, to)
      if (place === 'the ask') await approve(to)
      told.push(await client.words(2, 60_000))
    } else if (place === 'the wait') {
      await at.heldFor(to)
      await new Promise((done) => setTimeout(done, 4000))
      expect(ledger.ran()).toEqual([])
      front.release()
      await approve(to)
      told.push(await client.words(1, 60_000))
    } else {
      await approve(to)
      told.push(await client.words(1, 60_000))
      await until(() => client.stderr.includes('could not be recorded'), 60_000)
      front.release()
      pay(client, 2, to)
      expect(await client.words(2)).toBe(told[0])
      await leave(client, ledger.lines)
      const later = await at.started({ ledger, env })
      pay(later.client, 1, to)
      told.unshift(await later.client.words(1, 60_000))
      expect(told[0]).toMatch(/nobody knows whether it ran/)
      await leave(later.client, ledger.lines)
    }
    expect(told.at(-1)).toBe(`paid 1 to ${to}`)
    expect(ledger.ran()).toEqual([`pay ${to} 1`])
    expect(heard).toEqual([])
    await leave(client, ledger.lines)
    note({ holdpoint: `${answer} to ${place}`, ran: ledger.ran().length, told })
  })
})

/** A client of the older HTTP, with a session. @returns how it sends on in that */
async function greet(url: string) {
  let session: string | null = null
  const send = (id: number, method: string, params: object) =>
    fetch(url, {
      method: 'POST',
      headers: { ...json, ...(session !== null && { 'Mcp-Session-Id': session }) },
      body: JSON.stringify({ jsonrpc: '2.0', id, method, params }),
    })
  const clientInfo = { name: 'plain', version: '1' }
  const greeted = await send(1, 'initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo })
  await greeted.text()
  session = greeted.headers.get('mcp-session-id')
  return send
}

describe.concurrent('a server', () => {
  /** How a server is not there, and where a proxy finds it that was there first. */
  const missing: Record<string, () => Promise<string[] | string>> = {
    'whose command is not there': async () => ['/nowhere/server'],
    'that ends at once': async () => [process.execPath, '-e', 'process.exit(3)'],
    'that nobody listens for': async () => `http://127.0.0.1:${await freePort()}/mcp`,
  }
  test.for(Object.keys(missing))('%s: the client is told at the start', async (name, { expect }) => {
    const client = at.lines(at.desk.proxy(await missing[name]!()))
    client.send({ id: 1, method: 'initialize', params: {} })
    const told = await client.words(1)
    expect(told).toMatch(/could not be started|^The server ended|did not answer/)
    client.child.stdin!.end()
    await client.ended
    note({ server: name, ran: 0, told })
  })

  test.for(['while it is held', 'while it runs'])(
    'at an address that is killed %s: told, and never run twice',
    { timeout: 120_000 },
    async (when, { expect }) => {
      const to = `address-killed-${when}`.replaceAll(' ', '-')
      const ledger = at.desk.ledger()
      const server = await at.serve({ LEDGER: ledger.file, LEDGER_MS: '600000' })
      const client = at.lines(at.desk.proxy(server.url))
      await client.initialize()
      pay(client, 1, to)
      await at.heldFor(to)
      if (when === 'while it is held') {
        server.child.kill('SIGKILL')
        await approve(to)
      } else {
        await approve(to)
        await until(() => ledger.ran().length === 1)
        server.child.kill('SIGKILL')
      }
      const told = [await client.words(1)]
      expect(told[0]).toContain('did not answer')
      await at.serve({ LEDGER: ledger.file }, { port: server.port })
      pay(client, 2, to)
      told.push(await client.words(2))
      expect(told[1]).toMatch(/[Nn]obody knows whether/)
      expect(ledger.ran()).toHaveLength(when === 'while it runs' ? 1 : 0)
      note({ server: `at an address, killed ${when}`, ran: ledger.ran().length, told })
    },
  )

  test('for clients of HTTP that is killed while a call is held: told, and the approval is not spent', async ({
    expect,
  }) => {
    const ledger = at.desk.ledger()
    const { url } = await at.serveProxy(ledgerServer, { env: { LEDGER: ledger.file } })
    const send = await greet(url)
    const args = { to: 'http-killed', amount: 1 }
    const call = send(2, 'tools/call', { name: 'pay', arguments: args })
    const approval = await at.heldFor('http-killed')
    process.kill(Number(ledger.lines()[0]!.split(' ')[1]), 'SIGKILL')
    const told = await (await call).text()
    expect(told).toContain('The server ended (SIGKILL). The tool was not run.')
    await at.desk.decide(approval.id, 'approve')
    await new Promise((done) => setTimeout(done, 2000))
    expect((await at.heldFor('http-killed', 'approved')).claimed_at).toBeNull()
    expect(ledger.ran()).toEqual([])
    note({ server: 'for clients of HTTP, killed while a call is held', ran: 0, told: [told.trim()] })
  })

  test('at an address, with sessions, that hangs up on a call: told, and the call is not sent again', async ({
    expect,
  }) => {
    let calls = 0
    const upstream = createServer(async (request, response) => {
      let text = ''
      for await (const chunk of request) text += String(chunk)
      const { id, method } = JSON.parse(text || '{}') as { id?: number; method?: string }
      if (method === 'tools/call' && ++calls > 0) return void request.socket.destroy()
      const serverInfo = { name: 'ledger', version: '1' }
      const result = { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo, tools: [] }
      response.writeHead(id === undefined ? 202 : 200, { ...json, 'Mcp-Session-Id': 'session-1' })
      response.end(id === undefined ? '' : JSON.stringify({ jsonrpc: '2.0', id, result }))
    })
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
    const { port } = upstream.address() as AddressInfo
    const send = await greet((await at.serveProxy(`http://127.0.0.1:${port}/mcp`)).url)
    const params = { name: 'look', arguments: {}, _meta: { 'holdpoint/callId': 'http-hung-up' } }
    const first = await send(2, 'tools/call', params)
    const told = [await first.text()]
    expect([first.status, told[0]]).toEqual([502, expect.stringContaining('The server did not answer')])
    told.push(await (await send(2, 'tools/call', params)).text())
    expect(told[1]).toMatch(/[Nn]obody knows whether/)
    expect(calls).toBe(1)
    note({ server: 'at an address, with sessions, hangs up on a call', ran: 0, told })
    upstream.closeAllConnections()
    upstream.close()
  })
})

test('a call that nobody decides in time is not run, and that is said', async ({ expect }) => {
  const { client, ledger } = await at.started()
  pay(client, 1, 'late')
  const { id } = await at.heldFor('late')
  await at.desk.expire(id)
  const told = await client.words(1, 60_000)
  expect(told).toMatch(/expired|nobody decided/i)
  expect(told).not.toMatch(/rejected/)
  await expect(at.desk.decide(id, 'approve')).rejects.toThrow('409')
  pay(client, 2, 'late')
  expect(await client.words(2)).toBe(told)
  expect(ledger.ran()).toEqual([])
  await leave(client, ledger.lines)
  note({ expiry: 'nobody decides', ran: 0, told })
})

test.for(['lapses before it is used', 'is withdrawn'])(
  'where what was asked %s, a person is asked anew, and the call runs once',
  { timeout: 120_000 },
  async (what, { expect }) => {
    const to = what.replaceAll(' ', '-')
    const front = await startFront(at.rest.url)
    fronts.push(front)
    front.between = (call) => (call.endsWith('/claim') ? 'hold' : undefined)
    const { client, ledger } = await at.started({ env: { HOLDPOINT_URL: front.url } })
    pay(client, 1, to)
    const { id } = await at.heldFor(to)
    if (what === 'is withdrawn') {
      await at.rest.call('POST', `/api/approvals/${id}/cancel`, { token: at.desk.token })
    } else {
      await at.desk.decide(id, 'approve')
      await until(() => front.stopped() === 1)
      await at.rest.db.execute(
        sql`update approvals set resolved_at = clock_timestamp() - interval '15 minutes' where id = ${id}`,
      )
    }
    front.release()
    const anew = await at.heldFor(to)
    expect([anew.id === id, ledger.ran()]).toEqual([false, []])
    await at.desk.decide(anew.id, 'approve')
    expect(await client.words(1, 60_000)).toBe(`paid 1 to ${to}`)
    expect(ledger.ran()).toEqual([`pay ${to} 1`])
    await leave(client, ledger.lines)
    note({ 'what was asked': what, ran: ledger.ran() })
  },
)

describe('SIGKILL for Holdpoint', () => {
  const rounds = Array.from({ length: 10 }, (_, round) => round)
  const restart = async () => {
    await holdpoint.kill()
    await new Promise((done) => setTimeout(done, 500))
    await holdpoint.restart()
  }

  test('while ten calls are held: each goes on and runs once', { timeout: 180_000 }, async ({ expect }) => {
    const { client, ledger } = await at.started({ args: ['--patience', '2m'] })
    for (const round of rounds) pay(client, round, `held-${round}`)
    for (const round of rounds) await at.heldFor(`held-${round}`)
    await restart()
    for (const round of rounds) await approve(`held-${round}`)
    for (const round of rounds) expect(await client.words(round, 90_000)).toBe(`paid 1 to held-${round}`)
    expect(ledger.ran().toSorted()).toEqual(rounds.map((round) => `pay held-${round} 1`))
    await leave(client, ledger.lines)
    note({ 'Holdpoint killed': 'while held', ran: ledger.ran() })
  })

  test(
    'while it is told the decision, ten times: runs once, decided',
    { timeout: 300_000 },
    async ({ expect }) => {
      const { client, ledger } = await at.started({ args: ['--patience', '2m'] })
      const kept: boolean[] = []
      for (const round of rounds) {
        const to = `decided-${round}`
        pay(client, round, to)
        const { id } = await at.heldFor(to)
        const deciding = at.desk.decide(id, 'approve').catch(() => undefined)
        await new Promise((done) => setTimeout(done, round * 20))
        await restart()
        await deciding
        const { body } = await at.rest.call('GET', `/api/approvals/${id}`, { token: at.desk.reviewer.token })
        kept.push(body.status === 'approved')
        if (body.status === 'pending') {
          expect(ledger.ran()).toHaveLength(round)
          await at.desk.decide(id, 'approve')
        }
        expect(await client.words(round, 90_000)).toBe(`paid 1 to ${to}`)
      }
      expect(ledger.ran()).toEqual(rounds.map((round) => `pay decided-${round} 1`))
      await leave(client, ledger.lines)
      note({ 'Holdpoint killed': 'while decided', kept, ran: ledger.ran() })
    },
  )

  test(
    'while ten tools run: each result reaches client and record',
    { timeout: 180_000 },
    async ({ expect }) => {
      const env = { LEDGER_MS: '4000' }
      const { client, ledger } = await at.started({ args: ['--patience', '2m'], env })
      for (const round of rounds) pay(client, round, `running-${round}`)
      const calls = []
      for (const round of rounds) calls.push(await at.heldFor(`running-${round}`))
      await Promise.all(calls.map(({ id }) => at.desk.decide(id, 'approve')))
      await until(() => ledger.ran().length === rounds.length)
      await holdpoint.kill()
      for (const round of rounds) expect(await client.words(round)).toBe(`paid 1 to running-${round}`)
      await holdpoint.restart()
      for (const { run_id, tool_call_id } of calls) {
        const path = `/api/runs/${run_id}/tool-calls/${tool_call_id}`
        await until(
          async () => (await at.rest.call('GET', path, { token: at.desk.token })).body.status === 'succeeded',
          90_000,
        )
      }
      expect(ledger.ran()).toHaveLength(rounds.length)
      await leave(client, ledger.lines)
      note({ 'Holdpoint killed': 'while running', ran: ledger.ran() })
    },
  )
})
