import { fstatSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Gate, type Outcome, type Tool } from './gate'
import { Halt, Holdpoint, isJson, type Json } from './holdpoint'
import { Run } from './run'
import { readAccess, say, sayError } from './terminal'
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
    agent: 'order-manager',
    run: 'demo-cancel',
    tool: 'order_tools.cancel_order',
    params: { order_id: 'ORD-1199', reason: 'customer_request' },
    input: 'Cancel ORD-1199, I ordered it twice.',
    done: 'ORD-1199 is cancelled.',
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
const twinMs = 4 * workMs
const refusedWords = 'That cannot be done right away. A person will write to you about it.'

async function main(): Promise<void> {
  const ending = new AbortController()
  const { signal } = ending
  endWith(ending)
  const api = new Holdpoint({ ...readAccess(), signal, say: (line) => signal.aborted || say(line) })
  const ledger = Ledger.open(process.env.HOLDPOINT_LEDGER || join(tmpdir(), 'holdpoint-demo-ledger.txt'))
  const tools = patient(orderTools(ledger, { workMs, signal }), signal)
  await Promise.all(
    sampleCalls.map((sample) => follow(api, tools, sample).catch((error) => lastWords(error, signal))),
  )
  process.exit(signal.aborted ? 0 : process.exitCode)
}

/** Follows one call to its end; nobody decided in time: the same again, so that there is something to decide. */
async function follow(api: Holdpoint, tools: Tool, sample: SampleCall): Promise<void> {
  const { agent, tool, params } = sample
  for (let number = await newestNumber(api, sample); ; number++) {
    const name = number === 1 ? sample.run : `${sample.run}-${number}`
    const run = await Run.start(api, agent, name, { message: sample.input })
    const outcome = await new Gate(api).call({ run: run.id, id: 'call_1', tool, params }, tools)
    if (!run.ended) await close(run, sample, outcome)
    if (outcome.kind === 'ran' || outcome.because !== 'expired') return
  }
}

async function close(run: Run, sample: SampleCall, outcome: Outcome): Promise<void> {
  const hasWorked = outcome.kind === 'ran' && outcome.result.status === 'succeeded'
  const reason = outcome.kind === 'refused' ? outcome.message : 'the tool failed'
  say(hasWorked ? `${sample.tool} ran: ${sample.done}` : `${sample.tool} did not run: ${reason}`)
  if (outcome.kind === 'refused' && outcome.go === 'stop') return
  const words = hasWorked ? sample.done : refusedWords
  await run.record(
    { kind: 'message', name: 'Message to the customer', output: words },
    await run.recordedSteps(),
  )
  await run.complete({ message: words })
}

/** The newest of the runs of this kind: earlier ones have expired. */
async function newestNumber(api: Holdpoint, { agent, run }: SampleCall): Promise<number> {
  let cursor = ''
  do {
    const { body } = await api.send('GET', `/api/runs?agent=${agent}&limit=100${cursor}`)
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

/** Two servers on one database have two of us: a call that seems unfinished may be the other's, at work. */
function patient(tools: Tool, signal: AbortSignal): Tool {
  return {
    ...tools,
    earlierOutput: async (call) => {
      const until = performance.now() + twinMs
      while (performance.now() < until && !signal.aborted) {
        const output = await tools.earlierOutput(call)
        if (output !== undefined) return output
        await sleep(250, undefined, { signal }).catch(() => undefined)
      }
      if (signal.aborted) throw new Halt('Ended.')
      return tools.earlierOutput(call)
    },
  }
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
