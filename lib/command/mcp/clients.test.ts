import { beforeAll, describe, test } from 'vitest'
import { ledgerServer, loadClients, useDesk } from '@/lib/testing/mcp/harness'
import { freePort } from '@/lib/testing/server-processes'

/* oxlint-disable typescript/no-explicit-any -- the clients are installed apart, without their types here */

const at = useDesk()
let newer: any
let older: any
beforeAll(async () => {
  ;({ newer, older } = await loadClients())
}, 120_000)

type Way = {
  proxy: 'stdio' | 'http'
  server: 'process' | 'address'
  client: 'older' | 'newer'
}

/** A client of a proxy of a server with a ledger of its own. */
async function connect({ proxy, server, client }: Way, env: Record<string, string> = {}) {
  const ledger = at.desk.ledger()
  const all = { LEDGER: ledger.file, ...env }
  let start = at.desk.proxy(ledgerServer, { env: all })
  if (server === 'address') {
    const port = await freePort()
    const upstream = { PATH: process.env.PATH ?? '', LEDGER: ledger.file, LEDGER_PORT: String(port) }
    await at.listen({ command: process.execPath, args: ledgerServer.slice(1), env: upstream })
    const args = start.args.slice(0, start.args.indexOf('--'))
    start = { ...start, args: [...args, '--upstream', `http://127.0.0.1:${port}/mcp`] }
  }
  const kit = client === 'newer' ? newer : older
  let transport: any
  if (proxy === 'http') {
    const port = await freePort()
    const end = start.args.includes('--') ? start.args.indexOf('--') : start.args.length
    await at.listen({ ...start, args: start.args.toSpliced(end, 0, '--http', `127.0.0.1:${port}`) })
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
    const approval = await at.heldFor(name)
    // longer than a round
    await new Promise((done) => setTimeout(done, 3000))
    await at.desk.decide(approval.id, 'approve')
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
      const [approval] = await at.held(({ params }) => params.of === name)
      expect(approval?.metadata.client).toBe(`${way.client} client 1`)
      await at.desk.decide(approval!.id, 'approve')
      expect((await asked).content).toEqual([{ type: 'text', text: 'hello Zoe' }])
      expect(ledger.ran()).toEqual(['asks Zoe'])
      await close()
    },
  )
})
