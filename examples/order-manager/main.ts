import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { holdpoint, Problem, Refused, type Run } from '../../lib/client/holdpoint.ts'
import { callTool, sayEvent, type Outcome, type Tool } from './call-tool'
import { callCount, nextTurn, task, type Entry, type Turn } from './model'
import { Halt, isJson, readAccess, say, sayError, type Json } from './terminal'
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
  const ledger = Ledger.open(resolve(flags.ledger ?? process.env.HOLDPOINT_LEDGER ?? defaultLedger))
  const { url, key } = readAccess()
  if (flags.policy !== undefined) await deploy(flags.policy)
  const name = flags.run ?? `order-${randomBytes(4).toString('hex')}`
  const hp = holdpoint({ url, key, agent, onEvent: sayEvent })
  const start = () => hp.run({ id: name, input: { message: task } })
  const run = await start().catch(async (error: unknown) => {
    if (!(error instanceof Problem) || error.code !== 'agent_not_deployed') throw error
    await deploy(defaultPolicy)
    return start()
  })
  say(`Run ${name} of ${agent}. Stopped at any moment, it goes on with: npm run example -- --run ${name}`)
  await work(run, orderTools(ledger)).catch((error: unknown) => {
    if (!(error instanceof Refused)) throw error
    sayEnd('stopped', error.message)
  })
}

function readFlags(): Flags {
  const text = { type: 'string' } as const
  try {
    return parseArgs({ options: { run: text, policy: text, ledger: text, help: { type: 'boolean' } } }).values
  } catch (error) {
    throw new Halt(`${(error as Error).message}\n\n${help}`)
  }
}

/** The agent's own key may run and no more: what it could deploy, it could loosen. */
async function deploy(file: string): Promise<void> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new Halt(`The policy cannot be read: ${error.message}`)
  })
  const { url, key } = readAccess()
  const response = await fetch(`${url}/api/agents/${agent}`, {
    method: 'PUT',
    redirect: 'error',
    headers: {
      Authorization: `Bearer ${process.env.HOLDPOINT_DEPLOY_KEY?.trim() || key}`,
      'Content-Type': 'application/yaml',
    },
    body: text,
    signal: AbortSignal.timeout(20_000),
  })
  const body = (await response.json()) as Json
  if (response.status === 401 || response.status === 403) {
    throw new Halt(
      `${agent} needs its policy deployed: on the Agents page, or here with HOLDPOINT_DEPLOY_KEY, a key with the ` +
        `scope deploy or the personal token of an admin. ${String(body.detail)}`,
    )
  }
  if (!response.ok || !isJson(body.policy))
    throw new Halt(`The policy was not deployed: ${JSON.stringify(body)}`)
  say(`Policy version ${String(body.version)} of ${agent} is in force:`)
  for (const { tool, when } of body.policy.tools as { tool: string; when: string | null }[]) {
    say(`    ${tool} waits for a person ${when === null ? 'always' : `when ${when}`}`)
  }
}

/**
 * Turn by turn, keeping the conversation with the run before anything is done about a turn: the next life of
 * this agent then asks for the same call by the same id.
 */
async function work(run: Run, tools: Tool): Promise<void> {
  const { status, error } = run.record
  const isOver = status === 'completed' || status === 'failed' || status === 'cancelled'
  const kept = await run.checkpoint.load()
  const conversation = readConversation(kept && JSON.parse(new TextDecoder().decode(kept.bytes)))
  const save = () => run.checkpoint.save(JSON.stringify(conversation), { type: 'application/json' })
  let turn = openTurn(conversation)
  if (isOver && !turn?.call) return sayEnd(status, error)
  if (conversation.length > 1) say('Going on where it was.')
  for (;;) {
    if (!turn) {
      turn = nextTurn(conversation)
      if (!turn) break
      conversation.push({ role: 'model', turn })
      await save()
    }
    if (!isOver) await recordTurn(run, turn, conversation)
    if (turn.call) {
      const outcome = await call(run, tools, turn.call, callCount(conversation))
      conversation.push({ role: 'tool', outcome })
      await save()
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

async function recordTurn(run: Run, turn: Turn, conversation: Entry[]): Promise<void> {
  const number = conversation.filter((entry) => entry.role === 'model').length
  say(turn.text)
  await run.step('model', `Turn ${number}`, { id: `turn-${number}`, output: turn.text })
  if (!turn.message) return
  const { order, text } = turn.message
  say(`    to the customer: ${text}`)
  const name = `Message ${number} to the customer of ${order}`
  await run.step('message', name, { id: `message-${number}`, output: text })
}

async function call(run: Run, tools: Tool, asked: NonNullable<Turn['call']>, number: number) {
  say(`  ${asked.tool} ${JSON.stringify(asked.params)}`)
  const outcome = await callTool(run, tools, `call_${number}`, asked)
  say(`    ${outcomeText(outcome)}`)
  return outcome
}

function outcomeText(outcome: Outcome): string {
  if (outcome.kind === 'ran') return `ran: ${JSON.stringify(outcome.output)}`
  return outcome.kind === 'failed' ? `failed: ${outcome.message}` : `${outcome.status}: ${outcome.message}`
}

function sayEnd(status: string, reason: unknown): void {
  say(`The run is ${status}${typeof reason === 'string' ? `: ${reason}` : '.'}`)
}

main().catch((error: unknown) => {
  sayError(error)
  process.exitCode = 1
})
