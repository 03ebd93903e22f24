import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { afterAll, describe, test } from 'vitest'
import { startFront, type Between, type Front } from '@/lib/testing/mcp/front'
import { keepBook } from '@/lib/testing/book'
import { ledgerServer, load, useDesk } from '@/lib/testing/mcp/harness'
import { until, type LineProcess } from '@/lib/testing/mcp/line-process'

/* oxlint-disable typescript/no-explicit-any -- tests read fields of whatever came */

/** Clients that take tasks, of which no library is one: their messages are written here, over lines or official transports. */
const at = useDesk()
const note = keepBook()
const fronts: Front[] = []
afterAll(() => Promise.all(fronts.map((front) => front.close())))

const wire = 'io.modelcontextprotocol/'
const metaOf = (extensions: object = { [`${wire}tasks`]: {} }) => ({
  [`${wire}protocolVersion`]: '2026-07-28',
  [`${wire}clientInfo`]: { name: 'tasks', version: '1' },
  [`${wire}clientCapabilities`]: { elicitation: { form: {} }, extensions },
})

/** A request as a client of the revision of 2026-07-28 makes it. */
const requestOf = (method: string, params: object = {}, meta: object = metaOf()) => ({
  jsonrpc: '2.0' as const,
  id: randomUUID(),
  method,
  params: { ...params, _meta: meta },
})

async function request(client: LineProcess, method: string, params: object = {}, meta?: object) {
  const message = requestOf(method, params, meta)
  client.send(message)
  return JSON.parse(await client.answer(message.id, 60_000))
}

const get = async (client: LineProcess, taskId: string) => {
  const { result, error } = await request(client, 'tasks/get', { taskId })
  return result ?? error
}

const cancel = (client: LineProcess, taskId: string) => request(client, 'tasks/cancel', { taskId })

/** A call that is held, as the task that it becomes. */
async function begin(client: LineProcess, name: string, args: object): Promise<any> {
  const { result } = await request(client, 'tools/call', { name, arguments: args })
  if (result?.resultType !== 'task') throw new Error(JSON.stringify(result))
  return result
}
const pay = (client: LineProcess, to: string) => begin(client, 'pay', { to, amount: 1 })

/** The task once it is no longer at work, as a client has it that asks again and again. */
const ended = (client: LineProcess, taskId: string) =>
  until(async () => {
    const task = await get(client, taskId)
    return task.status !== 'working' && task
  }, 60_000)

const approve = (task: { taskId: string }) => at.desk.decide(task.taskId, 'approve')
const wordsOf = (task: any) => task.result.content[0].text as string

/** Ways of a client to a server, each with what sends one message and has its answer. */
const ways = {
  'the official transport of lines': async () => {
    const ledger = at.desk.ledger()
    const { StdioClientTransport } = await load('@modelcontextprotocol/client/dist/stdio.mjs')
    const start = at.desk.proxy(ledgerServer, { env: { LEDGER: ledger.file } })
    const transport = new StdioClientTransport({ ...start, stderr: 'ignore' })
    const answers: any[] = []
    transport.onmessage = (message: any) => answers.push(message)
    await transport.start()
    const send = async (message: { id: string }) => {
      await transport.send(message)
      return until(() => answers.find(({ id }) => id === message.id))
    }
    return { send, ledger, close: () => transport.close() as Promise<void> }
  },
  'requests by HTTP': async () => {
    const ledger = at.desk.ledger()
    const server = await at.serve({ LEDGER: ledger.file })
    const proxy = await at.serveProxy(server.url)
    const send = async (message: { id: string; method: string; params: any }, mcpName?: string) => {
      const { name, taskId } = message.params
      const response = await fetch(proxy.url, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          Accept: 'application/json, text/event-stream',
          'MCP-Protocol-Version': '2026-07-28',
          'Mcp-Method': message.method,
          ...((name ?? taskId) && { 'Mcp-Name': mcpName ?? name ?? taskId }),
        },
        body: JSON.stringify(message),
      })
      const text = await response.text()
      return JSON.parse(text.startsWith('{') ? text : /^data: (.*)$/m.exec(text)![1]!)
    }
    const close = async () => {
      proxy.child.kill('SIGTERM')
      server.child.kill('SIGTERM')
    }
    return { send, ledger, close }
  },
}

describe.concurrent('a held call is a task for who takes tasks', () => {
  test.for(Object.keys(ways))('by %s', { timeout: 90_000 }, async (name, { expect }) => {
    const { send, ledger, close } = await ways[name as keyof typeof ways]()
    const extensionsFor = async (meta: object) =>
      (await send(requestOf('server/discover', {}, meta))).result.capabilities.extensions
    expect(await extensionsFor(metaOf())).toEqual({ [`${wire}tasks`]: {} })
    expect(await extensionsFor(metaOf({}))).toBeUndefined()
    const look = { name: 'look', arguments: { at: name } }
    expect((await send(requestOf('tools/call', look))).result.content[0].text).toBe(`seen ${name}`)

    const call = { name: 'pay', arguments: { to: name, amount: 5 } }
    const { result: task } = await send(requestOf('tools/call', call))
    const approval = await at.heldFor(name)
    const common = { taskId: approval.id, ttlMs: (600 + 900) * 1000, pollIntervalMs: 5000 }
    expect(task).toMatchObject({ ...common, resultType: 'task', status: 'working' })
    expect(task.statusMessage).toMatch(/^Waiting for a person: http\S+, 10 min left$/)
    expect(Date.parse(task.createdAt)).toBeLessThanOrEqual(Date.parse(task.lastUpdatedAt))
    const ask = async (meta?: object) =>
      send(requestOf('tasks/get', { taskId: approval.id }, meta)) as Promise<any>
    expect((await ask()).result).toMatchObject({ ...common, resultType: 'complete', status: 'working' })
    expect((await ask(metaOf({}))).error).toMatchObject({
      code: -32021,
      data: { requiredCapabilities: { extensions: { [`${wire}tasks`]: {} } } },
    })
    expect(ledger.ran()).toEqual([`look ${name}`])

    await at.desk.decide(approval.id, 'approve')
    const { result: done } = await ask()
    expect(done).toMatchObject({ ...common, resultType: 'complete', status: 'completed' })
    expect(done.result.content).toEqual([{ type: 'text', text: `paid 5 to ${name}` }])
    const path = `/api/runs/${approval.run_id}/tool-calls/${approval.tool_call_id}`
    await until(
      async () => (await at.rest.call('GET', path, { token: at.desk.token })).body.status === 'succeeded',
    )
    expect((await ask()).result).toEqual(done)
    expect(ledger.ran()).toEqual([`look ${name}`, `pay ${name} 5`])
    note({ task: `by ${name}`, told: ['working', done.status], ran: ledger.ran() })
    await close()
  })

  test('by HTTP not where a header names another task than the request', async ({ expect }) => {
    const { send, ledger, close } = await ways['requests by HTTP']()
    const call = { name: 'pay', arguments: { to: 'headers', amount: 1 } }
    const { taskId } = (await send(requestOf('tools/call', call))).result
    await at.desk.decide(taskId, 'approve')
    const wrong = await send(requestOf('tasks/get', { taskId }), `apr_${'0'.repeat(26)}`)
    expect(wrong.error).toMatchObject({ code: -32020, message: expect.stringContaining('Mcp-Name') })
    expect(ledger.ran()).toEqual([])
    expect((await send(requestOf('tasks/get', { taskId }))).result.status).toBe('completed')
    expect(ledger.ran()).toEqual(['pay headers 1'])
    await close()
  })

  test('and for nobody else: the call waits in rounds', async ({ expect }) => {
    const { client, ledger } = at.begin({ env: { HOLDPOINT_HOLD_SECONDS: '1' } })
    const args = { name: 'pay', arguments: { to: 'rounds', amount: 1 } }
    const { result } = await request(client, 'tools/call', args, metaOf({}))
    expect(result).toMatchObject({ resultType: 'input_required', requestState: expect.any(String) })
    expect(ledger.ran()).toEqual([])
  })

  test('each of two identical ones is one of its own', async ({ expect }) => {
    const { client, ledger } = at.begin()
    const tasks = await Promise.all([pay(client, 'twins'), pay(client, 'twins')])
    tasks.push(await pay(client, 'twins'))
    expect(new Set(tasks.map(({ taskId }) => taskId)).size).toBe(3)
    for (const task of tasks) await approve(task)
    for (const { taskId } of tasks) expect((await ended(client, taskId)).status).toBe('completed')
    expect(ledger.ran()).toHaveLength(3)
  })

  test('a tool that takes its time is at work meanwhile, and a long result is told whole', async ({
    expect,
  }) => {
    const { client, ledger } = at.begin({ env: { LEDGER_MS: '4000', LEDGER_PAD: '1500000' } })
    const task = await pay(client, 'slow')
    await approve(task)
    expect(await get(client, task.taskId)).toMatchObject({
      status: 'working',
      statusMessage: 'The tool runs.',
    })
    const done = await ended(client, task.taskId)
    expect(wordsOf(done)).toHaveLength('paid 1 to slow'.length + 1_500_000)
    expect(ledger.ran()).toEqual(['pay slow 1'])
  })

  test('what the server asks in between is asked of the client', async ({ expect }) => {
    const { client, ledger } = at.begin()
    const { taskId } = await begin(client, 'asks', { of: 'task' })
    await at.desk.decide(taskId, 'approve')
    const asking = await ended(client, taskId)
    expect(asking.status).toBe('input_required')
    const [[key, asked]] = Object.entries<any>(asking.inputRequests) as [[string, any]]
    expect(asked).toMatchObject({ method: 'elicitation/create', params: { message: 'Who?' } })
    const update = (inputResponses: object) => request(client, 'tasks/update', { taskId, inputResponses })
    const response = { action: 'accept', content: { name: 'Zoe' } }
    expect((await update({ other: response })).result).toEqual({ resultType: 'complete' })
    expect((await get(client, taskId)).inputRequests).toEqual(asking.inputRequests)
    await Promise.all([update({ [key]: response }), update({ [key]: response })])
    expect(wordsOf(await ended(client, taskId))).toBe('hello Zoe')
    expect(ledger.ran()).toEqual(['asks Zoe'])
  })
})

describe.concurrent('a task is known', () => {
  test('to no other agent, by no other server, and under no other id', async ({ expect }) => {
    const { client, ledger } = at.begin()
    const { taskId } = await pay(client, 'mine')
    const others = {
      'another agent': at.begin({ env: { HOLDPOINT_AGENT: 'desk-fail' } }).client,
      'another server': at.begin({ args: ['--name', 'other'] }).client,
    }
    for (const other of Object.values(others)) {
      expect(await get(other, taskId)).toMatchObject({ code: -32602 })
      expect((await cancel(other, taskId)).error.code).toBe(-32602)
    }
    const { run_id: runId } = await at.heldFor('mine')
    const body = { run_id: runId, tool: 'ledger/pay', params: { to: 'no-proxy', amount: 1 } }
    const asked = await at.rest.call('POST', '/api/approvals', { token: at.desk.token, body })
    for (const id of [`apr_${'0'.repeat(26)}`, String(asked.body.id)]) {
      expect(await get(client, id)).toMatchObject({ code: -32602 })
      expect((await request(client, 'tasks/update', { taskId: id, inputResponses: {} })).error.code).toBe(
        -32602,
      )
    }
    // what is no id of ours is the server's, which has none
    expect(await get(client, 'something-else')).toMatchObject({ code: -32602 })
    expect((await request(client, 'tasks/list')).error.code).toBe(-32601)
    expect((await get(client, taskId)).status).toBe('working')
    expect(ledger.ran()).toEqual([])
  })

  test('to the next process, where its client has left', async ({ expect }) => {
    const { client, ledger } = at.begin()
    const task = await pay(client, 'left')
    client.child.stdin!.end()
    await client.ended
    const later = at.begin({ ledger })
    expect((await get(later.client, task.taskId)).status).toBe('working')
    await approve(task)
    expect(wordsOf(await ended(later.client, task.taskId))).toBe('paid 1 to left')
    expect(ledger.ran()).toEqual(['pay left 1'])
  })

  test('as the same, where the call is made again by its id', async ({ expect }) => {
    const { client, ledger } = at.begin()
    const call = { name: 'pay', arguments: { to: 'named', amount: 1 } }
    const meta = { ...metaOf(), 'holdpoint/callId': 'named-task' }
    const make = async () => (await request(client, 'tools/call', call, meta)).result
    const task = await make()
    expect((await make()).taskId).toBe(task.taskId)
    await approve(task)
    const done = await ended(client, task.taskId)
    expect((await make()).content).toEqual(done.result.content)
    expect(ledger.ran()).toEqual(['pay named 1'])
  })
})

describe.concurrent('a task ends', () => {
  test('rejected: with the reason, and nothing runs', async ({ expect }) => {
    const { client, ledger } = at.begin()
    const { taskId } = await pay(client, 'rejected')
    await at.desk.decide(taskId, 'reject', 'Not him.')
    const task = await get(client, taskId)
    expect(task).toMatchObject({ status: 'completed', result: { isError: true } })
    expect(wordsOf(task)).toContain('Not him.')
    expect(await get(client, taskId)).toEqual(task)
    expect(ledger.ran()).toEqual([])
    note({ task: 'rejected', told: wordsOf(task), ran: 0 })
  })

  test('rejected for good: the run is over', async ({ expect }) => {
    const { client, ledger } = at.begin({ env: { HOLDPOINT_AGENT: 'desk-fail' } })
    const { taskId } = await pay(client, 'rejected-for-good')
    await at.desk.decide(taskId, 'reject', 'Never.')
    expect(wordsOf(await get(client, taskId))).toContain('This run is over.')
    const { result } = await request(client, 'tools/call', { name: 'look', arguments: { at: 'a' } })
    expect(result.content[0].text).toContain('This run is over.')
    expect(ledger.ran()).toEqual([])
  })

  test('expired: in its own words', async ({ expect }) => {
    const { client, ledger } = at.begin()
    const { taskId } = await pay(client, 'expired')
    await at.desk.expire(taskId)
    const task = await ended(client, taskId)
    expect(task).toMatchObject({ status: 'completed', result: { isError: true } })
    expect(wordsOf(task)).toMatch(/expired|nobody decided/i)
    expect(wordsOf(task)).not.toMatch(/rejected/)
    expect(ledger.ran()).toEqual([])
    note({ task: 'expired', told: wordsOf(task), ran: 0 })
  })

  test('lapsed: it is not run, and what to do is said', async ({ expect }) => {
    const { client, ledger } = at.begin()
    const task = await pay(client, 'lapsed')
    await approve(task)
    await at.rest.db.execute(
      sql`update approvals set resolved_at = clock_timestamp() - interval '16 minutes' where id = ${task.taskId}`,
    )
    const lapsed = await get(client, task.taskId)
    expect(lapsed).toMatchObject({ status: 'completed', result: { isError: true } })
    expect(ledger.ran()).toEqual([])
    note({ task: 'lapsed', told: wordsOf(lapsed), ran: 0 })
  })

  test('edited: what the reviewer wrote runs, and that is said', async ({ expect }) => {
    const { client, ledger } = at.begin()
    const { taskId } = await pay(client, 'edited')
    await at.desk.edit(taskId, '{"to":"edited","amount":2}')
    const { content } = (await ended(client, taskId)).result
    expect(content.map(({ text }: any) => text)).toEqual([
      'Run with changed arguments: {"to":"edited","amount":2}',
      'paid 2 to edited',
    ])
    expect(ledger.ran()).toEqual(['pay edited 2'])
    note({ task: 'edited', told: content, ran: ledger.ran() })
  })

  test('failed: with the error of JSON-RPC, also when it is asked for again', async ({ expect }) => {
    const { client } = at.begin()
    const { taskId } = await begin(client, 'asks', { of: 'failed' })
    await at.desk.decide(taskId, 'approve')
    // its server has a question, and this client takes none
    const silent = { ...metaOf(), [`${wire}clientCapabilities`]: { extensions: { [`${wire}tasks`]: {} } } }
    const ask = async () => (await request(client, 'tasks/get', { taskId }, silent)).result
    const failed = await ask()
    expect(failed).toMatchObject({ status: 'failed', error: { code: expect.any(Number) } })
    expect(failed.statusMessage).toBe(failed.error.message)
    const approval = await at.rest.call('GET', `/api/approvals/${taskId}`, { token: at.desk.token })
    const path = `/api/runs/${String(approval.body.run_id)}/tool-calls/${String(approval.body.tool_call_id)}`
    await until(
      async () => (await at.rest.call('GET', path, { token: at.desk.token })).body.status === 'failed',
    )
    expect(await ask()).toEqual(failed)
    note({ task: 'failed', told: failed.error })
  })

  test('taken back: it cannot be approved any more', async ({ expect }) => {
    const { client, ledger } = at.begin()
    const task = await pay(client, 'taken-back')
    expect((await cancel(client, task.taskId)).result).toEqual({ resultType: 'complete' })
    expect((await get(client, task.taskId)).status).toBe('cancelled')
    await expect(approve(task)).rejects.toThrow('409')
    const other = at.begin({ ledger })
    expect((await get(other.client, task.taskId)).status).toBe('cancelled')
    expect(ledger.ran()).toEqual([])
  })
})

const rounds = Array.from({ length: 10 }, (_, round) => round)

describe('ten rounds', () => {
  test(
    'two ask at once: it runs once, and both have the result',
    { timeout: 120_000 },
    async ({ expect }) => {
      const { client, ledger } = at.begin({ env: { LEDGER_MS: '200' } })
      for (const round of rounds) {
        const task = await pay(client, `both-${round}`)
        await approve(task)
        const all = await Promise.all([1, 2].map(() => ended(client, task.taskId)))
        for (const one of all) expect(wordsOf(one)).toBe(`paid 1 to both-${round}`)
      }
      expect(ledger.ran()).toEqual(rounds.map((round) => `pay both-${round} 1`))
      note({ 'two ask at once': 'one process', ran: ledger.ran().length, of: rounds.length })
    },
  )

  test('two processes ask at once: it runs once', { timeout: 120_000 }, async ({ expect }) => {
    const { client, ledger } = at.begin({ env: { LEDGER_MS: '200' } })
    const other = at.begin({ ledger, env: { LEDGER_MS: '200' } })
    for (const round of rounds) {
      const task = await pay(client, `two-${round}`)
      await approve(task)
      const all = await Promise.all([client, other.client].map((one) => ended(one, task.taskId)))
      for (const one of all) expect(wordsOf(one)).toBe(`paid 1 to two-${round}`)
    }
    expect(ledger.ran()).toEqual(rounds.map((round) => `pay two-${round} 1`))
    note({ 'two ask at once': 'two processes', ran: ledger.ran().length, of: rounds.length })
  })

  test(
    'taken back while it is approved: not run, whoever was first',
    { timeout: 120_000 },
    async ({ expect }) => {
      const { client, ledger } = at.begin()
      const kept: string[] = []
      for (const round of rounds) {
        const task = await pay(client, `race-${round}`)
        const [, { result }] = await Promise.all([
          new Promise((done) => setTimeout(done, round * 3)).then(() => approve(task)).catch(() => undefined),
          cancel(client, task.taskId),
        ])
        expect(result).toEqual({ resultType: 'complete' })
        expect((await get(client, task.taskId)).status).toBe('cancelled')
        const { body } = await at.rest.call('GET', `/api/approvals/${task.taskId}`, { token: at.desk.token })
        expect(['approved', 'cancelled']).toContain(body.status)
        kept.push(String(body.status))
      }
      expect(ledger.ran()).toEqual([])
      note({ race: 'approve × tasks/cancel', kept, ran: 0 })
    },
  )

  test(
    'SIGKILL before it is asked for: the next process runs it once',
    { timeout: 120_000 },
    async ({ expect }) => {
      const ledger = at.desk.ledger()
      let { client } = at.begin({ ledger })
      for (const round of rounds) {
        const task = await pay(client, `killed-${round}`)
        if (round % 2) await approve(task)
        await client.kill()
        client = at.begin({ ledger }).client
        if (round % 2 === 0) {
          expect((await get(client, task.taskId)).status).toBe('working')
          await approve(task)
        }
        expect(wordsOf(await ended(client, task.taskId))).toBe(`paid 1 to killed-${round}`)
      }
      expect(ledger.ran()).toEqual(rounds.map((round) => `pay killed-${round} 1`))
      note({ SIGKILL: 'between tools/call and tasks/get', ran: ledger.ran().length, of: rounds.length })
    },
  )
})

describe.concurrent('SIGKILL for the proxy', () => {
  test(
    'while the tool runs: nobody knows, and it is not run again',
    { timeout: 60_000 },
    async ({ expect }) => {
      const { client, ledger } = at.begin({ env: { LEDGER_MS: '600000' } })
      const task = await pay(client, 'killed-running')
      await approve(task)
      expect((await get(client, task.taskId)).status).toBe('working')
      await client.kill()
      const later = at.begin({ ledger })
      const told = wordsOf(await ended(later.client, task.taskId))
      expect(told).toMatch(/nobody knows whether it ran/)
      expect(ledger.ran()).toEqual(['pay killed-running 1'])
      note({ SIGKILL: 'while the tool runs', told, ran: 1 })
    },
  )

  test(
    'when it ran and that was recorded: the result is told again',
    { timeout: 60_000 },
    async ({ expect }) => {
      const { client, ledger } = at.begin()
      const task = await pay(client, 'killed-after')
      await approve(task)
      const done = await ended(client, task.taskId)
      const { run_id: run, tool_call_id: call } = await at.heldFor('killed-after', 'approved')
      await until(async () => {
        const path = `/api/runs/${run}/tool-calls/${call}`
        return (await at.rest.call('GET', path, { token: at.desk.token })).body.status === 'succeeded'
      })
      await client.kill()
      const later = at.begin({ ledger })
      expect(await ended(later.client, task.taskId)).toEqual(done)
      expect(ledger.ran()).toEqual(['pay killed-after 1'])
    },
  )
})

describe.concurrent('Holdpoint is away', () => {
  const garbage: Between = (response) => {
    response.writeHead(500, { 'Content-Type': 'text/html' }).end('<html>')
  }
  const places: [string, RegExp, Between][] = [
    ['when the task is asked for', /^GET \/approvals\/apr$/, garbage],
    ['when it is claimed', /\/claim$/, garbage],
    ['and the claim’s answer is lost', /\/claim$/, 'lose'],
    ['when it is taken back', /\/cancel$/, garbage],
  ]
  test.for(places)(
    '%s: that is said, the task stays, and it runs once',
    { timeout: 120_000 },
    async ([name, place, between], { expect }) => {
      const front = await startFront(at.rest.url)
      fronts.push(front)
      const env = { HOLDPOINT_URL: front.url }
      const { client, ledger } = at.begin({ args: ['--patience', '8s'], env })
      const to = name.replaceAll(' ', '-').replace('’', '')
      const task = await pay(client, to)
      const isCancel = place.source.includes('cancel')
      if (!isCancel) await approve(task)
      front.between = (call) => (place.test(call) ? between : undefined)
      const told = isCancel ? (await cancel(client, task.taskId)).error : await get(client, task.taskId)
      expect(told).toMatchObject({ code: -32603 })
      expect(told.message).toContain('which stays as it is')
      expect(ledger.ran()).toEqual([])
      front.release()
      if (isCancel) await approve(task)
      const done = await ended(client, task.taskId)
      expect(wordsOf(done)).toBe(`paid 1 to ${to}`)
      expect(ledger.ran()).toEqual([`pay ${to} 1`])
      note({ 'Holdpoint is away': name, told: told.message, ran: ledger.ran() })
    },
  )

  test('when the result is recorded: it is told all the same', { timeout: 60_000 }, async ({ expect }) => {
    const front = await startFront(at.rest.url)
    fronts.push(front)
    const { client, ledger } = at.begin({ args: ['--patience', '8s'], env: { HOLDPOINT_URL: front.url } })
    const task = await pay(client, 'not-recorded')
    await approve(task)
    front.between = (call) => (/\/result$/.test(call) ? garbage : undefined)
    for (const _ of [1, 2]) expect(wordsOf(await ended(client, task.taskId))).toBe('paid 1 to not-recorded')
    expect(ledger.ran()).toEqual(['pay not-recorded 1'])
  })
})
