import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Gate, type Outcome, type Tool } from './gate'
import { Halt, Holdpoint, isJson, Problem } from './holdpoint'
import { callCount, nextTurn, task, type Entry, type Turn } from './model'
import { Run } from './run'
import { readAccess, say, sayError } from './terminal'
import { Ledger, orderTools } from './tools'

const agent = 'order-manager'
const defaultPolicy = fileURLToPath(new URL('policy-conditional.yaml', import.meta.url))
const defaultLedger = fileURLToPath(new URL('../../.data/order-manager-ledger.txt', import.meta.url))

const help = `An agent whose sensitive tool calls wait for a person.

  npm run example                        a new run
  npm run example -- --run ID            goes on with a run, whatever happened to its process
  npm run example -- --policy FILE       deploys this policy first
  npm run example -- --ledger FILE       where the tools write down what they did

HOLDPOINT_URL (http://localhost:3000) and HOLDPOINT_KEY say which Holdpoint. What deploys a policy is
HOLDPOINT_DEPLOY_KEY: a key with the scope deploy, or the personal token of an admin.`

type Flags = { run?: string; policy?: string; ledger?: string; help?: boolean }

async function main(): Promise<void> {
  const flags = readFlags()
  if (flags.help) return console.log(help)
  const api = new Holdpoint({ ...readAccess(), say })
  const ledger = Ledger.open(resolve(flags.ledger ?? process.env.HOLDPOINT_LEDGER ?? defaultLedger))
  if (flags.policy !== undefined) await deploy(flags.policy)
  const name = flags.run ?? `order-${randomBytes(4).toString('hex')}`
  const run = await startRun(api, name)
  say(`Run ${name} of ${agent}. Stopped at any moment, it goes on with: npm run example -- --run ${name}`)
  const gate = new Gate(api, (line) => say(`    ${line}`))
  await work(run, gate, orderTools(ledger))
}

function readFlags(): Flags {
  const text = { type: 'string' } as const
  try {
    return parseArgs({ options: { run: text, policy: text, ledger: text, help: { type: 'boolean' } } }).values
  } catch (error) {
    throw new Halt(`${(error as Error).message}\n\n${help}`)
  }
}

async function startRun(api: Holdpoint, name: string): Promise<Run> {
  try {
    return await Run.start(api, agent, name, { message: task })
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'agent_not_deployed') throw error
    await deploy(defaultPolicy)
    return Run.start(api, agent, name, { message: task })
  }
}

/** The agent's own key may run and no more: what it could deploy, it could loosen. */
async function deploy(file: string): Promise<void> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new Halt(`The policy cannot be read: ${error.message}`)
  })
  const { url, key } = readAccess()
  const api = new Holdpoint({ url, key: process.env.HOLDPOINT_DEPLOY_KEY?.trim() || key, say })
  const sent = api.send('PUT', `/api/agents/${agent}`, { text, type: 'application/yaml' })
  const { body } = await sent.catch((error: unknown) => {
    if (!(error instanceof Problem) || error.status !== 403) throw error
    throw new Halt(
      `${agent} needs its policy deployed: on the Agents page, or here with HOLDPOINT_DEPLOY_KEY, a key with the ` +
        `scope deploy or the personal token of an admin. ${error.message}`,
    )
  })
  if (!isJson(body) || !isJson(body.policy)) throw new Halt("Holdpoint's answer is not an agent.")
  say(`Policy version ${String(body.version)} of ${agent} is in force:`)
  for (const { tool, when } of body.policy.tools as { tool: string; when: string | null }[]) {
    say(`    ${tool} waits for a person ${when === null ? 'always' : `when ${when}`}`)
  }
}

/**
 * Turn by turn, keeping the conversation with the run before anything is done about a turn: the next life of
 * this agent then asks for the same call by the same id.
 */
async function work(run: Run, gate: Gate, tools: Tool): Promise<void> {
  const known = await run.recordedSteps()
  const conversation = readConversation(await run.load())
  let turn = openTurn(conversation)
  if (run.ended && !turn?.call) return sayEnd(run.ended.status, run.ended.error)
  if (conversation.length > 1) say('Going on where it was.')
  for (;;) {
    if (!turn) {
      turn = nextTurn(conversation)
      if (!turn) break
      conversation.push({ role: 'model', turn })
      await run.save(conversation)
    }
    await recordTurn(run, turn, conversation, known)
    if (turn.call) {
      const outcome = await callTool(run, gate, tools, turn.call, callCount(conversation))
      if (outcome.kind === 'refused' && outcome.go === 'stop') return sayEnd('stopped', outcome.message)
      conversation.push({ role: 'tool', outcome })
      await run.save(conversation)
    }
    turn = undefined
  }
  await run.complete({
    messages: conversation.filter((entry) => entry.role === 'model' && entry.turn.message).length,
  })
  sayEnd('completed', null)
}

function readConversation(kept: unknown): Entry[] {
  if (kept === undefined) return [{ role: 'user', text: task }]
  if (!Array.isArray(kept)) throw new Halt('What is kept with this run is not a conversation of this agent.')
  return kept as Entry[]
}

/** The turn that an earlier life did not finish. */
function openTurn(conversation: Entry[]): Turn | undefined {
  const last = conversation.at(-1)
  return last?.role === 'model' ? last.turn : undefined
}

async function recordTurn(run: Run, turn: Turn, conversation: Entry[], known: Set<string>): Promise<void> {
  const number = conversation.filter((entry) => entry.role === 'model').length
  say(turn.text)
  await run.record({ kind: 'model', name: `Turn ${number}`, output: turn.text }, known)
  if (!turn.message) return
  const { order, text } = turn.message
  say(`    to the customer: ${text}`)
  await run.record(
    { kind: 'message', name: `Message ${number} to the customer of ${order}`, output: text },
    known,
  )
}

async function callTool(run: Run, gate: Gate, tools: Tool, call: NonNullable<Turn['call']>, number: number) {
  say(`  ${call.tool} ${JSON.stringify(call.params)}`)
  const outcome = await gate.call({ run: run.id, id: `call_${number}`, ...call }, tools)
  say(`    ${outcomeText(outcome)}`)
  return outcome
}

function outcomeText(outcome: Outcome): string {
  if (outcome.kind === 'refused') return `${outcome.because}: ${outcome.message}`
  const { result } = outcome
  return result.status === 'succeeded'
    ? `ran: ${JSON.stringify(result.output)}`
    : `failed: ${JSON.stringify(result.error)}`
}

function sayEnd(status: string, reason: unknown): void {
  say(`The run is ${status}${typeof reason === 'string' ? `: ${reason}` : '.'}`)
}

main().catch((error: unknown) => {
  sayError(error)
  process.exitCode = 1
})
