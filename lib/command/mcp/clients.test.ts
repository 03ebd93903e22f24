import { beforeAll, describe, test } from 'vitest'
import { keepBook } from '@/lib/testing/book'
import { ledgerServer, loadClients, useDesk } from '@/lib/testing/mcp/harness'

/* oxlint-disable typescript/no-explicit-any -- the clients are installed apart, without their types here */

const at = useDesk()
const note = keepBook()
let kits: Awaited<ReturnType<typeof loadClients>>
beforeAll(async () => {
  kits = await loadClients()
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
  const upstream = server === 'address' ? (await at.serve({ LEDGER: ledger.file })).url : ledgerServer
  const kit = kits[client]
  const transport =
    proxy === 'http'
      ? new kit.StreamableHTTPClientTransport(new URL((await at.serveProxy(upstream, { env: all })).url))
      : new kit.StdioClientTransport({ ...at.desk.proxy(upstream, { env: all }), stderr: 'ignore' })
  const about = { name: `${client} client`, version: '1' }
  const capabilities = { elicitation: { form: {} } }
  const speaking = new kit.Client(about, { capabilities, versionNegotiation: { mode: 'auto' } })
  const answerElicitation = () => ({ action: 'accept', content: { name: 'Zoe' } })
  if (client === 'newer') speaking.setRequestHandler('elicitation/create', answerElicitation)
  else speaking.setRequestHandler(kit.ElicitRequestSchema, answerElicitation)
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
  test.for(ways)('%s', { timeout: 180_000 }, async ([name, way], { expect }) => {
    const { client, ledger, close } = await connect(way, { HOLDPOINT_HOLD_SECONDS: '2' })
    const isOfSessions = way.proxy === 'http' && way.server === 'process'
    if (way.client === 'newer') expect(client.getProtocolEra()).toBe(isOfSessions ? 'legacy' : 'modern')
    const { tools } = await client.listTools()
    expect(tools.map((tool: any) => tool.name)).toEqual(['pay', 'fail', 'look', 'asks'])
    const looked = await client.callTool({ name: 'look', arguments: { at: name } })
    expect(looked.content).toEqual([{ type: 'text', text: `seen ${name}` }])
    const told: string[] = []
    const onprogress = ({ message }: any) => told.push(message)
    const options = { onprogress, resetTimeoutOnProgress: true }
    const pay = (to: string) => {
      const call = { name: 'pay', arguments: { to, amount: 5 } }
      return way.client === 'newer'
        ? client.callTool(call, options)
        : client.callTool(call, undefined, options)
    }
    const people = ['approved', 'rejected', 'expired'].map((outcome) => `${outcome} ${name}`)
    const paying = Promise.all(people.map(pay))
    const [approved, rejected, expired] = await Promise.all(people.map((to) => at.heldFor(to)))
    // longer than a round
    await new Promise((done) => setTimeout(done, 3000))
    await at.desk.decide(approved!.id, 'approve')
    await at.desk.decide(rejected!.id, 'reject', 'Not them.')
    await at.desk.expire(expired!.id)
    const ends = await paying
    expect(ends.map(({ isError }) => isError ?? false)).toEqual([false, true, true])
    const words = ends.map(({ content }) => content[0].text as string)
    expect(words[0]).toBe(`paid 5 to ${people[0]}`)
    expect(words[1]).toContain('Not them.')
    expect(words[2]).toContain('nobody decided before the deadline')
    expect(words[2]).not.toMatch(/reject/i)
    expect(told[0]).toContain(`Waiting for a person: http://localhost:3000/`)
    expect(ledger.ran()).toEqual([`look ${name}`, `pay ${people[0]} 5`])
    note({ client: name, ran: ledger.ran(), told: words })
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
