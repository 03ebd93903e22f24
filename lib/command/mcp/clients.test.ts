import { spawn, type ChildProcess } from 'node:child_process'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { load, makeDesk, place, until, type Approval, type Desk } from '@/lib/testing/mcp/harness'
import { startRest, type Rest } from '@/lib/testing/rest'

/* oxlint-disable typescript/no-explicit-any -- the clients are installed apart, without their types here */

let rest: Rest
let desk: Desk
let newer: any
let older: any
const processes: ChildProcess[] = []
beforeAll(async () => {
  rest = await startRest()
  desk = await makeDesk(rest)
  newer = {
    ...(await load('@modelcontextprotocol/client/dist/index.mjs')),
    ...(await load('@modelcontextprotocol/client/dist/stdio.mjs')),
  }
  older = {
    ...(await load('@modelcontextprotocol/sdk/dist/esm/client/index.js')),
    ...(await load('@modelcontextprotocol/sdk/dist/esm/client/stdio.js')),
    ...(await load('@modelcontextprotocol/sdk/dist/esm/client/streamableHttp.js')),
    ...(await load('@modelcontextprotocol/sdk/dist/esm/types.js')),
  }
}, 120_000)
afterAll(async () => {
  for (const one of processes) one.kill('SIGTERM')
  desk?.remove()
  await rest?.close()
})

const ledgerServer = [process.execPath, join(place, 'ledger-server.mjs')]

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

type Start = { command: string; args: string[]; env: Record<string, string> }

/** A process of the test, once it says that it listens. */
async function listening({ command, args, env }: Start): Promise<void> {
  const child = spawn(command, args, {
    env: env as NodeJS.ProcessEnv,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  processes.push(child)
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += String(chunk)))
  await until(() => said.includes('listening'))
}

type Way = {
  proxy: 'stdio' | 'http'
  server: 'process' | 'address'
  client: 'older' | 'newer'
}

/** A client of a proxy of a server with a ledger of its own. */
async function connect({ proxy, server, client }: Way, env: Record<string, string> = {}) {
  const ledger = desk.ledger()
  const all = { LEDGER: ledger.file, ...env }
  let start = desk.proxy(ledgerServer, { env: all })
  if (server === 'address') {
    const port = await freePort()
    const upstream = { PATH: process.env.PATH ?? '', LEDGER: ledger.file, LEDGER_PORT: String(port) }
    await listening({ command: process.execPath, args: ledgerServer.slice(1), env: upstream })
    const args = start.args.slice(0, start.args.indexOf('--'))
    start = { ...start, args: [...args, '--upstream', `http://127.0.0.1:${port}/mcp`] }
  }
  const kit = client === 'newer' ? newer : older
  let transport: any
  if (proxy === 'http') {
    const port = await freePort()
    const at = start.args.includes('--') ? start.args.indexOf('--') : start.args.length
    await listening({ ...start, args: start.args.toSpliced(at, 0, '--http', `127.0.0.1:${port}`) })
    transport = new kit.StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${port}/mcp`))
  } else transport = new kit.StdioClientTransport({ ...start, stderr: 'ignore' })
  const about = { name: `${client} client`, version: '1' }
  const capabilities = { elicitation: { form: {} } }
  const speaking = new kit.Client(about, { capabilities, versionNegotiation: { mode: 'auto' } })
  const answerElicitation = () => ({ action: 'accept', content: { name: 'Zoe' } })
  if (client === 'newer') speaking.setRequestHandler('elicitation/create', answerElicitation)
  else speaking.setRequestHandler(older.ElicitRequestSchema, answerElicitation)
  await speaking.connect(transport)
  return { client: speaking, ledger, close: () => speaking.close() as Promise<void> }
}

async function held(to: string): Promise<Approval> {
  return until(async () => {
    const found = (await desk.list('status=pending&limit=100')).filter(({ params }) => params.to === to)
    return found[0]
  })
}

const ways: [string, Way][] = (['older', 'newer'] as const).flatMap((client) =>
  (['stdio', 'http'] as const).flatMap((proxy) =>
    (['process', 'address'] as const).map((server): [string, Way] => [
      `the ${client} client, by ${proxy}, to a server that is ${server === 'process' ? 'a process' : 'at an address'}`,
      { client, proxy, server },
    ]),
  ),
)

describe.concurrent('the official clients', () => {
  test.for(ways)('%s', { timeout: 90_000 }, async ([name, way], { expect }) => {
    const { client, ledger, close } = await connect(way, { HOLDPOINT_HOLD_SECONDS: '2' })
    const isOfSessions = way.proxy === 'http' && way.server === 'process'
    if (way.client === 'newer') expect(client.getProtocolEra()).toBe(isOfSessions ? 'legacy' : 'modern')
    const { tools } = await client.listTools()
    expect(tools.map((tool: any) => tool.name)).toEqual(['pay', 'fail', 'look', 'asks'])
    const looked = await client.callTool({ name: 'look', arguments: { at: name } })
    expect(looked.content).toEqual([{ type: 'text', text: `seen ${name}` }])
    const args = { to: name, amount: 5 }
    const told: string[] = []
    const onprogress = ({ message }: any) => told.push(message)
    const options = { onprogress, resetTimeoutOnProgress: true }
    const paid =
      way.client === 'newer'
        ? client.callTool({ name: 'pay', arguments: args }, options)
        : client.callTool({ name: 'pay', arguments: args }, undefined, options)
    const approval = await held(name)
    // longer than a round
    await new Promise((done) => setTimeout(done, 3000))
    await desk.decide(approval.id, 'approve')
    expect((await paid).content).toEqual([{ type: 'text', text: `paid 5 to ${name}` }])
    expect(told[0]).toContain(`Waiting for a person: http://localhost:3000/`)
    expect(ledger.ran()).toEqual([`look ${name}`, `pay ${name} 5`])
    await close()
  })

  test.for<[string, Way]>([
    ['newer', { client: 'newer', proxy: 'stdio', server: 'process' }],
    ['newer, by HTTP', { client: 'newer', proxy: 'http', server: 'address' }],
    ['older', { client: 'older', proxy: 'stdio', server: 'process' }],
  ])(
    'a question of the server in a held call reaches the %s client',
    { timeout: 60_000 },
    async ([name, way], { expect }) => {
      const { client, ledger, close } = await connect(way, { HOLDPOINT_AGENT: 'desk-continue' })
      const asked = client.callTool({ name: 'asks', arguments: { of: name } })
      const approval = await until(async () =>
        (await desk.list('status=pending&tool=ledger/asks')).find(({ params }) => params.of === name),
      )
      expect(approval.metadata.client).toBe(`${way.client} client 1`)
      await desk.decide(approval.id, 'approve')
      expect((await asked).content).toEqual([{ type: 'text', text: 'hello Zoe' }])
      expect(ledger.ran()).toEqual(['asks Zoe'])
      await close()
    },
  )
})
