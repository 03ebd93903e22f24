// What the examples share: three refunds that a scripted model asks for in one turn, and a tool that writes down what it did.
import { appendFileSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

export const agent = process.env.HOLDPOINT_AGENT ?? 'refund-desk'
export const runId = process.env.HOLDPOINT_RUN ?? `refunds-${Date.now()}`
const ledger = process.env.HOLDPOINT_LEDGER ?? '.data/refunds.txt'

export const task = 'Refund what went wrong today.'

/** What the model asks for: the first needs no approval, the others wait for a person. */
export const calls = [129, 2400, 1300, 1800].map((amount, i) => ({
  id: `call_refund${i + 1}`,
  name: 'process_refund',
  args: { order_id: `ORD-${1001 + i}`, amount },
}))

/** What the model asks for next, after so many answers of tools. */
export const callsAfter = (answers) => (answers === 0 ? calls : [])

/** The tool: one line a refund, on disk before it answers. */
export function refund({ order_id, amount }) {
  mkdirSync(dirname(ledger), { recursive: true })
  appendFileSync(ledger, `${runId} ${order_id} ${amount}\n`)
  return `Refunded ${amount} for ${order_id}.`
}

/** One line for a person. */
export function say(line) {
  console.log(String(line).replace(/[\p{Cc}\p{Cf}]/gu, ' '))
}

/** Says how a held run goes on, whatever becomes of this process. */
export function sayParked() {
  say(`parked: decide on the Approvals page. Ended meanwhile, it goes on with HOLDPOINT_RUN=${runId}`)
}

/** Ends with what went wrong: a "no" that ended the run, above all. */
export function end(error) {
  if (error.name === 'Refused') {
    say(`refused: ${error.message}`)
    process.exit(3)
  }
  if (error.code === 'agent_not_deployed') {
    say(`${agent} has no policy: put examples/refund-desk.yaml in force on the Agents page.`)
  } else {
    console.error(error)
  }
  process.exit(1)
}
