import { fstatSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { holdpoint, Refused, type Holdpoint, type Run } from '../../lib/client/holdpoint.ts'
import { callTool, type Outcome, type Tool } from './call-tool'
import { Halt, isJson, readAccess, say, sayError, type Json } from './terminal'
import { Ledger, orderTools } from './tools'

type SampleCall = { agent: string; run: string; tool: string; params: Json; input: string; done: string }

/** The calls that the sample project holds, and what each says when it is through. */
const sampleCalls: SampleCall[] = [
  {
    agent: 'order-manager',
    run: 'demo-refund-129',
    tool: 'order_tools.process_refund',
    params: { order_id: 'ORD-1234', amount: 129 },
    input: 'Please refund order ORD-1234, the lamp arrived broken.',
    done: 'The 129 for ORD-1234 are on their way to you.',
  },
  {
    agent: 'order-manager',
    run: 'demo-refund-2400',
    tool: 'order_tools.process_refund',
    params: { order_id: 'ORD-1287', amount: 2400 },
    input: 'The whole delivery ORD-1287 is missing. I want my money back.',
    done: 'The 2400 for ORD-1287 are on their way to you.',
  },
  {
    agent: 'supplier-payments',
    run: 'demo-payment',
    tool: 'bank.pay_invoice',
    params: { invoice: 'INV-3071', supplier: 'Paper Mill', amount: 4800, currency: 'EUR' },
    input: 'Invoice INV-3071 of Paper Mill is due on Friday.',
    done: 'INV-3071 is paid.',
  },
  {
    agent: 'support-triage',
    run: 'demo-delete',
    tool: 'db_delete',
    params: { table: 'conversations', id: 42819 },
    input: 'Remove the conversation 42819, it holds a card number.',
    done: 'The conversation is deleted.',
  },
]

const workMs = 1500
const refusedWords = 'That cannot be done right away. A person will write to you about it.'

async function main(): Promise<void> {
  const ending = new AbortController()
  const { signal } = ending
  endWith(ending)
  const hp = holdpoint({ ...readAccess(), signal })
  const ledger = Ledger.open(process.env.HOLDPOINT_LEDGER || join(tmpdir(), 'holdpoint-demo-ledger.txt'))
  const tools = orderTools(ledger, { workMs, signal })
  await Promise.all(
    sampleCalls.map((sample) => follow(hp, tools, sample).catch((error) => lastWords(error, signal))),
  )
  process.exit(signal.aborted ? 0 : process.exitCode)
}

/** Follows one call to its end; nobody decided in time: the same again, so that there is something to decide. */
async function follow(hp: Holdpoint, tools: Tool, sample: SampleCall): Promise<void> {
  const { agent, tool, params } = sample
  for (let number = await newestNumber(sample); ; number++) {
    const id = number === 1 ? sample.run : `${sample.run}-${number}`
    const run = await hp.run({ agent, id, input: { message: sample.input } })
    const isOver = run.status !== 'running' && run.status !== 'awaiting_approval'
    try {
      const outcome = await callTool(run, tools, 'call_1', { tool, params })
      if (!isOver) await close(run, sample, outcome)
      if (outcome.kind !== 'rejected' || outcome.status !== 'expired') return
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      if (!isOver) say(`${tool} did not run: ${error.message}`)
      if (error.code !== 'expired') return
    }
  }
}

async function close(run: Run, sample: SampleCall, outcome: Outcome): Promise<void> {
  const hasWorked = outcome.kind === 'ran'
  const reason = outcome.kind === 'ran' ? '' : outcome.message
  say(hasWorked ? `${sample.tool} ran: ${sample.done}` : `${sample.tool} did not run: ${reason}`)
  const words = hasWorked ? sample.done : refusedWords
  await run.step('message', 'Answer', { id: 'message', output: words })
  await run.complete({ message: words })
}

/** The newest of the runs of this kind: earlier ones have expired. */
async function newestNumber({ agent, run }: SampleCall): Promise<number> {
  const { url, key } = readAccess()
  let cursor = ''
  do {
    const response = await fetch(`${url}/api/runs?agent=${agent}&limit=100${cursor}`, {
      redirect: 'error',
      headers: { Authorization: `Bearer ${key}` },
      signal: AbortSignal.timeout(20_000),
    })
    const body: unknown = await response.json()
    if (!isJson(body) || !Array.isArray(body.items))
      throw new Halt("Holdpoint's answer is not a list of runs.")
    const numbers = (body.items as { external_id: string | null }[]).map((item) =>
      numberOf(item.external_id, run),
    )
    const newest = Math.max(...numbers, 0)
    if (newest > 0) return newest
    cursor = typeof body.next_cursor === 'string' ? `&cursor=${encodeURIComponent(body.next_cursor)}` : ''
  } while (cursor !== '')
  return 1
}

function numberOf(externalId: string | null, name: string): number {
  if (externalId === name) return 1
  if (!externalId?.startsWith(`${name}-`)) return 0
  const counter = externalId.slice(name.length + 1)
  return /^\d{1,9}$/.test(counter) ? Number(counter) : 0
}

/** Ends on a signal and with the process that started us, whose end of our input closes however it died. */
function endWith(ending: AbortController): void {
  const end = () => {
    ending.abort()
    setTimeout(() => process.exit(0), 2000).unref()
  }
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, end)
  process.stdout.on('error', end)
  const input = fstatSync(0)
  if (!input.isFIFO() && !input.isSocket()) return
  process.stdin.on('end', end).on('error', end).resume()
  if ('unref' in process.stdin) process.stdin.unref()
}

function lastWords(error: unknown, signal: AbortSignal): void {
  if (signal.aborted) return
  sayError(error)
  process.exitCode = 1
}

main().catch((error: unknown) => {
  sayError(error)
  process.exit(1)
})
