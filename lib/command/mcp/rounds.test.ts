import { createServer, request, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, describe, test } from 'vitest'
import { useDesk } from '@/lib/testing/mcp/harness'
import { until } from '@/lib/testing/mcp/line-process'

/* oxlint-disable typescript/no-explicit-any -- tests read fields of whatever came */

const at = useDesk()

const metaOf = (more = {}) => ({
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'rounds', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
  ...more,
})

describe.concurrent('a client of the revision of 2026-07-28', () => {
  let count = 0
  const begin = (options: Parameters<typeof at.begin>[0] = {}) => {
    const { client, ledger } = at.begin({
      ...options,
      env: { HOLDPOINT_HOLD_SECONDS: '0.3', ...options.env },
    })
    const pay = async (to: string, requestState?: string) => {
      const id = `round-${++count}`
      const params = { name: 'pay', arguments: { to, amount: 1 }, _meta: metaOf(), requestState }
      client.send({ id, method: 'tools/call', params })
      return JSON.parse(await client.answer(id, 60_000)) as { result?: any; error?: any }
    }
    return { ledger, pay }
  }

  test(
    'comes back eight times, and is told in words at the ninth',
    { timeout: 60_000 },
    async ({ expect }) => {
      const { ledger, pay } = begin()
      const kinds: string[] = []
      let state: string | undefined
      let last: any
      while (kinds.length < 10) {
        last = (await pay('nine', state)).result
        kinds.push(last.resultType)
        if (last.resultType !== 'input_required') break
        expect(Object.keys(last).toSorted()).toEqual(['requestState', 'resultType'])
        state = last.requestState
      }
      expect(kinds).toEqual([...Array<string>(8).fill('input_required'), 'complete'])
      expect(last.isError).toBe(true)
      expect(last.content[0].text).toMatch(
        /^Still waiting for a person \(http\S+\)\. Call this tool again with the same arguments; changing them asks anew\.$/,
      )
      const { id } = await at.heldFor('nine')
      // the same call again goes on with the same question
      expect((await pay('nine')).result.resultType).toBe('input_required')
      expect((await at.heldFor('nine')).id).toBe(id)
      expect(ledger.ran()).toEqual([])
    },
  )

  test('is refused a state that was changed, and asks anew by one of another call', async ({ expect }) => {
    const { ledger, pay } = begin()
    const state = (await pay('state')).result.requestState as string
    const [head, text = '', mark] = state.split('.')
    const changed = Buffer.from(
      Buffer.from(text, 'base64url').toString().replace('"round":1', '"round":0'),
    ).toString('base64url')
    for (const forged of [`${head}.${changed}.${mark}`, `${head}.${text}.x`, 'hp1.', 'hp1.e30.e30']) {
      expect((await pay('state', forged)).error).toMatchObject({
        code: -32602,
        data: { reason: 'invalid_request_state' },
      })
    }
    const { id } = await at.heldFor('state')
    await at.desk.decide(id, 'approve')
    expect((await pay('another', state)).result.resultType).toBe('input_required')
    expect((await at.heldFor('another')).id).not.toBe(id)
    const other = begin({ env: { HOLDPOINT_AGENT: 'desk-fail' } })
    expect((await other.pay('state', state)).result.resultType).toBe('input_required')
    expect([ledger.ran(), other.ledger.ran()]).toEqual([[], []])
    expect((await pay('state', state)).result.content[0].text).toBe('paid 1 to state')
    expect(ledger.ran()).toEqual(['pay state 1'])
  })
})

describe.concurrent('an older client', () => {
  test('that takes no progress is told in words, and its call goes on when it calls again', async ({
    expect,
  }) => {
    const { client, ledger } = await at.started({ env: { HOLDPOINT_HOLD_SECONDS: '1' } })
    client.call(1, 'pay', { to: 'old', amount: 1 })
    expect(await client.words(1)).toMatch(/^Still waiting for a person \(http/)
    await at.desk.decide((await at.heldFor('old')).id, 'approve')
    expect(ledger.ran()).toEqual([])
    client.call(2, 'pay', { to: 'old', amount: 1 })
    expect(await client.words(2)).toBe('paid 1 to old')
    expect(ledger.ran()).toEqual(['pay old 1'])
  })

  test('that takes progress is held beyond a round', { timeout: 60_000 }, async ({ expect }) => {
    const { client, ledger } = await at.started({ env: { HOLDPOINT_HOLD_SECONDS: '1' } })
    client.call(1, 'pay', { to: 'older', amount: 1 }, { progressToken: 'p' })
    const { id } = await at.heldFor('older')
    const told = () => client.lines.filter((line) => line.includes('notifications/progress'))
    // at once, and again after 10 s
    await until(() => told().length === 2, 20_000)
    const [first, second] = told().map((line) => JSON.parse(line).params)
    expect(first).toMatchObject({ progressToken: 'p', message: expect.stringMatching(/10 min left$/) })
    expect(second.progress).toBeGreaterThan(first.progress)
    await at.desk.decide(id, 'approve')
    expect(await client.words(1)).toBe('paid 1 to older')
    expect(ledger.ran()).toEqual(['pay older 1'])
  })
})

describe('the proxy keeps to itself', () => {
  const heard: IncomingHttpHeaders[] = []
  const upstream = createServer((incoming, response) => {
    heard.push(incoming.headers)
    incoming.resume()
    const result = {
      protocolVersion: '2025-06-18',
      capabilities: {},
      serverInfo: { name: 's', version: '1' },
    }
    response.setHeader('Set-Cookie', 'secret=1')
    response.setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, result }))
  })
  afterAll(() => new Promise((resolve) => upstream.close(resolve)))

  /** fetch would not send another Host. */
  const post = (port: number, headers: Record<string, string>) =>
    new Promise<{ status: number; headers: IncomingHttpHeaders }>((resolve, reject) => {
      const sent = request({ port, host: '127.0.0.1', path: '/mcp', method: 'POST', headers }, (answer) => {
        answer.resume()
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers }))
      })
      sent.on('error', reject)
      sent.end('{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}')
    })

  test('credentials of server and client, and its address to this machine', async ({ expect }) => {
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
    const { port } = await at.serveProxy(`http://127.0.0.1:${(upstream.address() as AddressInfo).port}/mcp`, {
      args: ['--header', 'Authorization: Bearer server'],
    })
    const json = { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' }
    const host = `127.0.0.1:${port}`
    const own = { ...json, Host: host, Authorization: 'Bearer client', Cookie: 'client=1' }
    const answered = await post(port, own)
    expect(answered.status).toBe(200)
    expect(answered.headers['set-cookie']).toBeUndefined()
    expect(heard.at(-1)).toMatchObject({ authorization: 'Bearer server' })
    expect(heard.at(-1)?.cookie).toBeUndefined()
    const before = heard.length
    const wrong: Record<string, string>[] = [
      { Host: 'evil.example' },
      { Host: `evil.example:${port}` },
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
    ]
    for (const one of wrong) expect((await post(port, { ...own, ...one })).status).toBe(403)
    expect((await post(port, { ...own, Origin: `http://localhost:${port}` })).status).toBe(200)
    expect(heard.length).toBe(before + 1)
  })

  test('what it asks with, where a server is started', async ({ expect }) => {
    const write = `require('fs').writeFileSync(process.env.LEDGER, JSON.stringify(process.env)); process.stdin.resume()`
    const { client, ledger } = at.begin({ server: [process.execPath, '-e', write] })
    await until(() => ledger.lines().length > 0)
    expect(ledger.lines().join()).toContain(ledger.file)
    expect(ledger.lines().join()).not.toContain(at.desk.token)
    client.child.stdin!.end()
    await client.ended
  })

  test.for(['0.0.0.0:0', '192.168.0.1:80', 'example.com:80', ':::80', '127.0.0.1:99999'])(
    'and listens at no other address, such as %s',
    async (address, { expect }) => {
      const { client } = at.begin({ args: ['--http', address] })
      expect(((await client.ended) as [number])[0]).toBe(2)
      expect(client.stderr).toContain('--http is 127.0.0.1:PORT')
    },
  )
})
