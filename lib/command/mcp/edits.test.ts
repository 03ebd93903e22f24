import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ledgerServer, place, useDesk, type Ledger } from '@/lib/testing/mcp/harness'

const at = useDesk()

/** A client that has seen the tools of its server. */
async function started(server: string[], args: string[] = [], ledger?: Ledger) {
  const begun = await at.started({ server, args, ledger })
  begun.client.send({ id: 'list', method: 'tools/list' })
  await begun.client.answer('list')
  return begun
}

describe.concurrent('an edited call', () => {
  test('runs once, with the arguments of the reviewer, and the model is told', async () => {
    const { client, ledger } = await started(ledgerServer)
    const id = { 'holdpoint/callId': 'edited-1' }
    client.call(1, 'pay', { to: 'kim', amount: 5000 }, id)
    const { id: approval } = await at.heldFor('kim')
    const { body } = await at.rest.call('GET', `/api/approvals/${approval}`, {
      token: at.desk.reviewer.token,
    })
    expect(body.editable).toMatchObject({
      schema: { type: 'object', properties: { to: { type: 'string' }, amount: { type: 'number' } } },
    })
    for (const wrong of ['{"to":"kim","amount":"50"}', '{"to":"kim"}', '{"to":"kim","amount":50,"ms":"x"}'])
      await expect(at.desk.edit(approval, wrong)).rejects.toThrow('invalid_input')
    await at.desk.edit(approval, '{"to":"kim","amount":50}')
    const result = await client.result(1)
    expect(result.content).toEqual([
      { type: 'text', text: 'Run with changed arguments: {"to":"kim","amount":50}' },
      { type: 'text', text: 'paid 50 to kim' },
    ])
    client.call(2, 'pay', { to: 'kim', amount: 5000 }, id)
    expect(await client.result(2)).toEqual(result)
    await client.kill()
    const later = await started(ledgerServer, [], ledger)
    later.client.call(1, 'pay', { to: 'kim', amount: 5000 }, id)
    expect(await later.client.result(1)).toEqual(result)
    expect(ledger.ran()).toEqual(['pay kim 50'])
  }, 60_000)

  test('has whole numbers of any size and decimals as the reviewer wrote them', async () => {
    const rawServer = [process.execPath, join(place, 'raw-server.mjs')]
    const { client, ledger } = await started(rawServer, ['--name', 'raw'])
    const call = (args: string) =>
      `{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"pay","arguments":${args}}}`
    client.say(call('{"n":9007199254740993,"e":1.5}'))
    const [approval] = await at.held(({ tool }) => tool === 'raw/pay')
    await at.desk.edit(approval!.id, '{"n":-90071992547409931234567,"e":0.1}')
    expect(await client.answer(2)).toContain(
      '"Run with changed arguments: {\\"n\\":-90071992547409931234567,\\"e\\":0.1}"',
    )
    const calls = ledger.lines().filter((line) => line.includes('tools/call'))
    expect(calls).toEqual([call('{"n":-90071992547409931234567,"e":0.1}')])
  })
})
