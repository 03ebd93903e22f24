import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Call, Tool } from './call-tool'
import { Halt, type Json } from './terminal'

type Entry = { at: string; run: string; tool_call_id: string; tool: string; params: Json; output: Json }

/**
 * What the tools did, one line of JSON for each execution, on disk before the tool answers. It stands for the
 * books of the real systems behind the tools: a payment provider that knows its idempotency keys.
 */
export class Ledger {
  private constructor(readonly path: string) {}

  /** @throws Halt where the file cannot be written: nothing may run that could not be written down */
  static open(path: string): Ledger {
    try {
      if (!existsSync(dirname(path))) mkdirSync(dirname(path), { mode: 0o700 })
      const file = openSync(path, 'a', 0o600)
      const isFile = fstatSync(file).isFile()
      closeSync(file)
      if (isFile) return new Ledger(path)
    } catch (error) {
      throw new Halt(
        `The ledger ${path} cannot be written (${(error as Error).message}). Choose another with --ledger.`,
      )
    }
    throw new Halt(`The ledger ${path} is not a file. Choose another with --ledger.`)
  }

  /** @throws Halt where a line cannot be read: then nobody knows what ran, and nothing more may */
  find(call: Call): Entry | undefined {
    return this.read().find((entry) => entry.run === call.run && entry.tool_call_id === call.id)
  }

  append(entry: Entry): void {
    const file = openSync(this.path, 'a', 0o600)
    try {
      writeSync(file, `${JSON.stringify(entry)}\n`)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
  }

  private read(): Entry[] {
    const lines = readFileSync(this.path, 'utf8').split('\n')
    if (lines.pop() !== '') throw this.damaged(lines.length + 1)
    return lines.map((line, i) => {
      try {
        return JSON.parse(line) as Entry
      } catch {
        throw this.damaged(i + 1)
      }
    })
  }

  private damaged(line: number): Halt {
    return new Halt(
      `The ledger ${this.path} cannot be read at line ${line}. Nothing runs until it is mended.`,
    )
  }
}

const orders: Record<string, Json> = {
  'ORD-1234': { item: 'desk lamp', status: 'delivered', total: 129 },
  'ORD-1287': { item: 'standing desk', status: 'lost by the carrier', total: 2400 },
  'ORD-1199': { item: 'office chair', status: 'not shipped yet', total: 340 },
}

const work: Record<string, (params: Json) => Json> = {
  'order_tools.lookup_order': ({ order_id: id }) => ({ order_id: id, ...orderOf(id) }),
  'order_tools.process_refund': ({ order_id: id, amount }) => {
    const { total } = orderOf(id)
    if (typeof amount !== 'number' || !(amount > 0) || amount > Number(total)) {
      throw new Error(`${String(id)} cost ${String(total)}; ${String(amount)} cannot be refunded`)
    }
    return { order_id: id, refunded: amount }
  },
  'order_tools.cancel_order': ({ order_id: id, reason }) => {
    orderOf(id)
    return { order_id: id, status: 'cancelled', reason }
  },
  db_delete: ({ table, id }) => ({ table, id, deleted: 1 }),
  'bank.pay_invoice': ({ invoice, amount, currency }) => ({ invoice, paid: amount, currency }),
}

function orderOf(id: unknown): Json {
  const order = typeof id === 'string' && Object.hasOwn(orders, id) ? orders[id] : undefined
  if (!order) throw new Error(`there is no order ${String(id)}`)
  return order
}

/**
 * The tools, each idempotent by run and tool_call_id: a call that the ledger holds is answered from there.
 * @param pretend how long each pretends to be at work, and what cuts that short
 */
export function orderTools(ledger: Ledger, pretend: { workMs?: number; signal?: AbortSignal } = {}): Tool {
  return {
    run: async (call) => {
      const earlier = ledger.find(call)
      if (earlier) return earlier.output
      await sleep(pretend.workMs ?? 0, undefined, { signal: pretend.signal }).catch(() => undefined)
      const { run, id, tool, params } = call
      const output = work[tool]?.(params)
      if (!output) throw new Error(`there is no tool ${tool}`)
      ledger.append({ at: new Date().toISOString(), run, tool_call_id: id, tool, params, output })
      return output
    },
    earlierOutput: async (call) => ledger.find(call)?.output,
  }
}
