import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LineProcess, makeDesk, place, until, type Approval, type Desk } from '@/lib/testing/mcp/harness'
import { startRest, type Rest } from '@/lib/testing/rest'

let rest: Rest
let desk: Desk
const open: LineProcess[] = []
beforeAll(async () => {
  rest = await startRest()
  desk = await makeDesk(rest)
}, 120_000)
afterAll(async () => {
  await Promise.all(open.map((one) => one.kill()))
  desk?.remove()
  await rest?.close()
})

/** A client that has seen the tools of its server. */
async function started(server: string, file: string, args: string[] = []): Promise<LineProcess> {
  const start = desk.proxy([process.execPath, join(place, server)], { args, env: { LEDGER: file } })
  const client = new LineProcess(start)
  open.push(client)
  await client.initialize()
  client.send({ id: 'list', method: 'tools/list' })
  await client.answer('list')
  return client
}

const held = (find: (one: Approval) => boolean) =>
  until(async () => (await desk.list('status=pending&limit=100')).find(find))

describe.concurrent('an edited call', () => {
  test('runs once, with the arguments of the reviewer, and the model is told', async () => {
    const ledger = desk.ledger()
    const client = await started('ledger-server.mjs', ledger.file)
    const id = { 'holdpoint/callId': 'edited-1' }
    client.call(1, 'pay', { to: 'kim', amount: 5000 }, id)
    const { id: approval } = await held(({ params }) => params.to === 'kim')
    const { body } = await rest.call('GET', `/api/approvals/${approval}`, { token: desk.reviewer.token })
    expect(body.editable).toMatchObject({
      schema: { type: 'object', properties: { to: { type: 'string' }, amount: { type: 'number' } } },
    })
    for (const wrong of ['{"to":"kim","amount":"50"}', '{"to":"kim"}', '{"to":"kim","amount":50,"ms":"x"}'])
      await expect(desk.edit(approval, wrong)).rejects.toThrow('invalid_input')
    await desk.edit(approval, '{"to":"kim","amount":50}')
    const result = await client.result(1)
    expect(result.content).toEqual([
      { type: 'text', text: 'Run with changed arguments: {"to":"kim","amount":50}' },
      { type: 'text', text: 'paid 50 to kim' },
    ])
    client.call(2, 'pay', { to: 'kim', amount: 5000 }, id)
    expect(await client.result(2)).toEqual(result)
    await client.kill()
    const later = await started('ledger-server.mjs', ledger.file)
    later.call(1, 'pay', { to: 'kim', amount: 5000 }, id)
    expect(await later.result(1)).toEqual(result)
    expect(ledger.ran()).toEqual(['pay kim 50'])
  }, 60_000)

  test('has whole numbers of any size and decimals as the reviewer wrote them', async () => {
    const ledger = desk.ledger()
    const client = await started('raw-server.mjs', ledger.file, ['--name', 'raw'])
    const call = (args: string) =>
      `{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"pay","arguments":${args}}}`
    client.say(call('{"n":9007199254740993,"e":1.5}'))
    const { id } = await held(({ tool }) => tool === 'raw/pay')
    await desk.edit(id, '{"n":-90071992547409931234567,"e":0.1}')
    expect(await client.answer(2)).toContain(
      '"Run with changed arguments: {\\"n\\":-90071992547409931234567,\\"e\\":0.1}"',
    )
    const calls = ledger.lines().filter((line) => line.includes('tools/call'))
    expect(calls).toEqual([call('{"n":-90071992547409931234567,"e":0.1}')])
  })
})
