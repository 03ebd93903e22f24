import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { place, useDesk } from '@/lib/testing/mcp/harness'
import { isAlive, until } from '@/lib/testing/mcp/line-process'

/** Each test pays somebody else, so that their calls are not identical. */
const at = useDesk()
const { started, held, heldFor } = at

const approve = async (to: string) => {
  const approval = await heldFor(to)
  await at.desk.decide(approval.id, 'approve')
  return approval
}

describe.concurrent('a call', () => {
  test('that needs no approval runs at once and is recorded', async () => {
    const { client, ledger } = await started()
    client.call(1, 'look', { at: 'a' })
    expect(await client.result(1)).toEqual({ content: [{ type: 'text', text: 'seen a' }] })
    expect(ledger.ran()).toEqual(['look a'])
  })

  test('that is held runs once when a person has approved it', async () => {
    const { client, ledger } = await started()
    client.call(1, 'pay', { to: 'ann', amount: 5 })
    const approval = await approve('ann')
    expect(approval).toMatchObject({
      tool: 'ledger/pay',
      context: { mcp: { server: 'ledger server', version: '1.2.3' } },
      metadata: { client: 'lines 1' },
    })
    expect(await client.result(1)).toEqual({ content: [{ type: 'text', text: 'paid 5 to ann' }] })
    expect(ledger.ran()).toEqual(['pay ann 5'])
    await until(async () => {
      const path = `/api/runs/${approval.run_id}/tool-calls/${approval.tool_call_id}`
      const { body } = await at.rest.call('GET', path, { token: at.desk.token })
      return body.status === 'succeeded' && JSON.stringify(body.output).includes('paid 5 to ann')
    })
  })

  test('that is rejected does not run, and the model is told why', async () => {
    const { client, ledger } = await started()
    client.call(1, 'pay', { to: 'bob', amount: 5 })
    const approval = await heldFor('bob')
    await at.desk.decide(approval.id, 'reject', 'Not him.')
    const result = await client.result(1)
    expect(result.isError).toBe(true)
    expect(result.content[0].text).toContain('Not him.')
    expect(ledger.ran()).toEqual([])
  })

  test('that is rejected for good ends the run of the session', async () => {
    const { client, ledger } = await started({ args: ['--agent', 'desk-fail'] })
    client.call(1, 'pay', { to: 'cid', amount: 5 })
    const approval = await heldFor('cid')
    await at.desk.decide(approval.id, 'reject', 'Never.')
    expect((await client.result(1)).content[0].text).toContain('This run is over.')
    client.call(2, 'look', { at: 'b' })
    expect((await client.result(2)).content[0].text).toContain('This run is over.')
    expect(ledger.ran()).toEqual([])
    const other = await started({ args: ['--agent', 'desk-fail'] })
    other.client.call(1, 'look', { at: 'c' })
    expect((await other.client.result(1)).isError).toBeUndefined()
  })

  test('that failed is recorded as failed', async () => {
    const { client } = await started({ args: ['--run-per', 'run-of-failures'] })
    client.call(1, 'fail', {})
    const approval = await until(async () => (await at.desk.list('status=pending&tool=ledger/fail'))[0])
    await at.desk.decide(approval.id, 'approve')
    expect((await client.result(1)).isError).toBe(true)
    await until(async () => {
      const path = `/api/runs/run-of-failures/tool-calls/${approval.tool_call_id}`
      const { body } = await at.rest.call('GET', path, { token: at.desk.token })
      return body.status === 'failed' && JSON.stringify(body.error).includes('it went wrong')
    })
  })

  test('of two identical ones at once is each a question of its own', async () => {
    const { client, ledger } = await started()
    client.call(1, 'pay', { to: 'dan', amount: 7 })
    client.call(2, 'pay', { to: 'dan', amount: 7 })
    const [one, other] = await held(({ params }) => params.to === 'dan', { count: 2 })
    await at.desk.decide(one!.id, 'approve')
    await until(() => ledger.ran().length === 1)
    await at.desk.decide(other!.id, 'approve')
    await Promise.all([client.answer(1), client.answer(2)])
    expect(ledger.ran()).toEqual(['pay dan 7', 'pay dan 7'])
  })

  test('of the same id is the same call, also in another process', async () => {
    const { client, ledger } = await started()
    const id = { 'claudecode/toolUseId': 'toolu_1' }
    client.call(1, 'pay', { to: 'eve', amount: 7 }, id)
    client.call(2, 'pay', { to: 'eve', amount: 7 }, id)
    await approve('eve')
    expect(await client.result(1)).toEqual(await client.result(2))
    client.call(3, 'pay', { to: 'eve', amount: 7 }, id)
    expect(await client.result(3)).toEqual(await client.result(1))
    const later = await started({ ledger })
    later.client.call(1, 'pay', { to: 'eve', amount: 7 }, id)
    expect(await later.client.result(1)).toEqual(await client.result(1))
    later.client.call(2, 'pay', { to: 'eve', amount: 8 }, id)
    expect((await later.client.result(2)).content[0].text).toContain('was used for another call')
    expect(ledger.ran()).toEqual(['pay eve 7'])
  })
})

describe.concurrent('the client', () => {
  test('that leaves takes its servers with it, and nothing is withdrawn', async () => {
    const { client, ledger } = await started()
    client.call(1, 'pay', { to: 'flo', amount: 1 })
    await heldFor('flo')
    const pid = Number(ledger.lines()[0]?.split(' ')[1])
    expect(isAlive(pid)).toBe(true)
    client.child.stdin!.end()
    await client.ended
    await until(() => !isAlive(pid))
    const approval = await heldFor('flo')
    await at.desk.decide(approval.id, 'approve')
    const later = await started({ ledger })
    later.client.call(1, 'pay', { to: 'flo', amount: 1 })
    await later.client.answer(1)
    expect(ledger.ran()).toEqual(['pay flo 1'])
  })

  test('that cancels its call has it go on pending, or withdrawn where that is wanted', async () => {
    const [kept, withdrawn] = [await started(), await started({ args: ['--on-disconnect', 'cancel'] })]
    for (const [{ client, ledger }, to, status] of [
      [kept, 'gus', 'pending'],
      [withdrawn, 'hal', 'cancelled'],
    ] as const) {
      client.call(1, 'pay', { to, amount: 1 })
      await heldFor(to)
      client.send({ method: 'notifications/cancelled', params: { requestId: 1 } })
      await heldFor(to, status)
      expect(ledger.ran()).toEqual([])
      expect(client.lines.some((line) => line.includes('"id":1'))).toBe(false)
    }
  })
})

describe.concurrent('killed with -9', () => {
  test('while it waits: no server is left, and the next process goes on with the same question', async () => {
    const { client, ledger } = await started()
    client.call(1, 'pay', { to: 'ida', amount: 1 })
    await heldFor('ida')
    const pid = Number(ledger.lines()[0]?.split(' ')[1])
    await client.kill()
    await until(() => !isAlive(pid))
    const later = await started({ ledger })
    later.client.call(1, 'pay', { to: 'ida', amount: 1 })
    await new Promise((done) => setTimeout(done, 500))
    await approve('ida')
    await later.client.answer(1)
    expect(ledger.ran()).toEqual(['pay ida 1'])
  })

  test('while the tool runs: what has a name is never run again', async () => {
    const { client, ledger } = await started()
    const id = { 'holdpoint/callId': 'kill-1' }
    client.call(1, 'pay', { to: 'jan', amount: 1, ms: 60_000 }, id)
    await approve('jan')
    await until(() => ledger.ran().length === 1)
    await client.kill()
    const later = await started({ ledger })
    later.client.call(1, 'pay', { to: 'jan', amount: 1, ms: 60_000 }, id)
    expect((await later.client.result(1, 60_000)).content[0].text).toContain('nobody knows whether it ran')
    expect(ledger.ran()).toEqual(['pay jan 1'])
  }, 90_000)
})

describe.concurrent('Holdpoint', () => {
  test.for<[string, Record<string, string>, RegExp]>([
    [
      'that is not there',
      { HOLDPOINT_URL: 'http://127.0.0.1:9' },
      /could not be asked, so the tool was not run/,
    ],
    ['that does not know the key', { HOLDPOINT_KEY: 'hpa_none' }, /was not run/],
    ['that does not know the agent', { HOLDPOINT_AGENT: 'nobody' }, /was not run/],
  ])('%s: nothing runs', async ([, env, words]) => {
    const { client, ledger } = await started({ env, args: ['--patience', '1s'] })
    client.call(1, 'look', { at: 'x' })
    const result = await client.result(1)
    expect(result.isError).toBe(true)
    expect(result.content[0].text).toMatch(words)
    expect(ledger.ran()).toEqual([])
  })
})

describe.concurrent('what passes', () => {
  test('passes byte for byte, and numbers without loss', async () => {
    const { client, ledger } = await started({
      server: [process.execPath, join(place, 'raw-server.mjs')],
      args: ['--name', 'raw'],
    })
    client.say('{"jsonrpc":"2.0", "id":1 ,"method":"tools/list","params":{"n":12345678901234567890}}')
    const list = readFileSync(join(place, 'raw-server.mjs'), 'utf8')
      .split('\n')
      .find((line) => line.includes('ttlMs'))
    expect(await client.answer(1)).toBe(`{"id":1 , "jsonrpc":"2.0","result":${list!.trim().slice(1, -1)}}`)
    const call =
      '{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"pay","arguments":{"n":9007199254740993,"e":1.50}}}'
    client.say(call)
    const approval = await until(async () => (await at.desk.list('status=pending&tool=raw/pay'))[0])
    expect(JSON.stringify(approval.context)).toMatch(/"tool_digest":"sha256:[0-9a-f]{64}"/)
    await at.desk.decide(approval.id, 'approve')
    expect(await client.answer(2)).toContain('{"big":9007199254740993,"e":1e2}')
    expect(ledger.lines()).toContain(call)
    expect(ledger.lines()[0]).toContain('"method":"initialize"')
  })

  test('a tool whose name no policy can hold is refused by its name', async () => {
    const { client, ledger } = await started()
    for (const [id, name] of [
      [1, 'x'.repeat(300)],
      [2, 'pay*'],
    ] as const) {
      client.send({ id, method: 'tools/call', params: { name, arguments: {} } })
      const { isError, content } = await client.result(id)
      expect([isError, content[0].text]).toEqual([
        true,
        expect.stringMatching(
          /^The tool was not run: Policies know it as ledger\/.*\. A tool name is 1 to 200 characters of /,
        ),
      ])
    }
    expect(ledger.ran()).toEqual([])
  })

  test('what a double cannot hold is refused with its place', async () => {
    const { client, ledger } = await started()
    client.say(
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"look","arguments":{"at":[0.1234567890123456789]}}}',
    )
    const result = await client.result(1)
    expect(result.content[0].text).toMatch(/\/at\/0: .*send it as text\.$/)
    client.say(
      '{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"look","arguments":{"at":"a","at":"b"}}}',
    )
    expect((await client.result(2)).content[0].text).toMatch(
      /\/at: The same key stands twice in this object\.$/,
    )
    client.say(
      String.raw`{"jsonrpc":"2.0","id":6,"method":"tools/call","params":{"name":"look","arguments":{"at":"a\u0000"}}}`,
    )
    expect((await client.result(6)).content[0].text).toMatch(
      /\/at: The character NUL \(U\+0000\) is not allowed\.$/,
    )
    client.say('{"jsonrpc":"2.0","method":"tools/call","params":{"name":"look","arguments":{"at":"a"}}}')
    client.say(
      '{"jsonrpc":"2.0","id":3,"method":"tools/list","method":"tools/call","params":{"name":"pay","arguments":{"to":"x","amount":1}}}',
    )
    expect((await client.result(3)).isError).toBe(true)
    client.say(
      '[{"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"look","arguments":{"at":"a"}}}]',
    )
    client.send({ id: 5, method: 'ping' })
    await client.answer(5)
    expect(ledger.ran()).toEqual([])
  })
})
