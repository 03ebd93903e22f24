import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Halt, type Json } from './terminal'
import { Ledger, orderTools } from './tools'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'order-manager-test-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('the ledger', () => {
  const lookup = {
    run: 'run_1',
    id: 'call_1',
    tool: 'order_tools.lookup_order',
    params: { order_id: 'ORD-1234' },
  }

  test('holds one line for each execution, and answers a second try of the same call', async () => {
    const ledger = Ledger.open(join(folder, 'deep', 'ledger.txt'))
    const tools = orderTools(ledger)
    expect(await tools.earlierOutput(lookup)).toBeUndefined()
    const output = await tools.run(lookup)
    expect(await tools.run(lookup)).toEqual(output)
    expect(await orderTools(ledger).earlierOutput(lookup)).toEqual(output)
    await tools.run({ ...lookup, run: 'run_2' })
    const lines = readFileSync(ledger.path, 'utf8').trimEnd().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as Json).run)).toEqual(['run_1', 'run_2'])
  })

  test.each(['{"run":"run_1"', 'nonsense\n'])('with a broken line lets nothing run: %j', async (text) => {
    const path = join(folder, 'ledger.txt')
    writeFileSync(path, text)
    const tools = orderTools(Ledger.open(path))
    await expect(tools.run(lookup)).rejects.toThrow(Halt)
    await expect(tools.earlierOutput(lookup)).rejects.toThrow(/line 1/)
    expect(readFileSync(path, 'utf8')).toBe(text)
  })

  test('that cannot be written is a sentence', () => {
    expect(() => Ledger.open(join(folder, 'no', 'such', 'ledger.txt'))).toThrow(/cannot be written/)
    expect(() => Ledger.open('/dev/null')).toThrow(/is not a file/)
  })

  test('holds no line for what was impossible', async () => {
    const ledger = Ledger.open(join(folder, 'ledger.txt'))
    const refund = {
      ...lookup,
      tool: 'order_tools.process_refund',
      params: { order_id: 'ORD-1234', amount: 130 },
    }
    await expect(orderTools(ledger).run(refund)).rejects.toThrow(/cannot be refunded/)
    await expect(orderTools(ledger).run({ ...lookup, params: { order_id: 'toString' } })).rejects.toThrow(
      /no order/,
    )
    expect(readFileSync(ledger.path, 'utf8')).toBe('')
  })
})
