import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Event } from '@/lib/client/call'
import type { Run } from '@/lib/client/run'
import { toolNamePattern } from '@/lib/ids'
import { parseStrict } from '@/lib/json/strict'
import { writeJson } from '@/lib/json/write'
import { agentClient } from './agent'
import { requireProgram, runChild, type Ended } from './child'
import { command, type Call } from './command'
import { exit, wrongly } from './exit'
import { oneLine, printableJson } from './printer'
import { outcomeWords } from './words'

const options = {
  agent: {
    type: 'string',
    short: 'a',
    value: 'NAME',
    about: 'The agent whose policy counts. Default: HOLDPOINT_AGENT.',
  },
  tool: { type: 'string', short: 't', value: 'NAME', about: 'What this is called in the policy.' },
  param: {
    type: 'string',
    short: 'p',
    multiple: true,
    value: 'K=V',
    about:
      'A param for rules and reviewers: K=V a text, K:=V JSON. Where an argument of CMD holds {K}, the approved value stands there when it runs.',
  },
  description: {
    type: 'string',
    short: 'd',
    value: 'TEXT',
    about: 'What it is for, shown to reviewers as your words.',
  },
  initiator: { type: 'string', value: 'EMAIL', about: 'On whose behalf; this person cannot approve it.' },
  run: {
    type: 'string',
    value: 'ID',
    about:
      'Your id of the run, such as that of the CI job: the same again goes on where it was, and several calls share it. Default: a new one, which ends with CMD.',
  },
  call: {
    type: 'string',
    value: 'ID',
    about: 'Your id of the call within the run. The same again never runs twice. Default: the tool.',
  },
  'no-output': {
    type: 'boolean',
    about: 'Do not record the end of what CMD writes; it then has the terminal to itself.',
  },
} as const

/** Starts the message of a program's failure; a later call reads the exit code from it. */
const endedWith = 'Ended with exit code '

class Ending extends Error {
  override readonly name = 'CommandFailed'
  constructor(readonly ended: Ended) {
    super(`${endedWith}${ended.code}.${ended.output ? `\n${ended.output}` : ''}`)
  }
}

type Given = Call<typeof options>

export const run = command({
  synopsis: ['run --agent NAME --tool NAME [--param K=V …] -- CMD [ARGUMENT…]'],
  about: [
    'Gates a program: asks whether it may run, waits for a person where a rule says so, claims, runs it once, and records its exit code and the last 4 kB of what it wrote. For CI, cron and scripts.',
    'CMD is started without a shell, each argument as it stands. Reviewers see all of it as the param command; what is approved is what runs. Where a person changed the params, the changed ones run. CMD finds them as JSON in HOLDPOINT_PARAMS.',
    'Whatever is answered but a yes, and where nobody answers, CMD does not run. Interrupted, nothing is withdrawn: the same --run and --call goes on.',
    'It asks with an agent key from HOLDPOINT_KEY or the profile, with the scope run.',
  ],
  options,
  exits: [
    [exit.done, 'CMD ran and ended well.'],
    [
      exit.no,
      'It was not run: rejected, expired, or let through before with nobody knowing what became of it.',
    ],
    [exit.unanswered, 'It was not run: nobody answered.'],
    [127, 'It was let through and could not be started.'],
  ],
  examples: [
    [
      "holdpoint run -a releases -t deploy -p env=production -- ./deploy.sh '{env}'",
      'Runs ./deploy.sh production once that is approved.',
    ],
    [
      'holdpoint run -a releases -t migrate --run "$GITHUB_RUN_ID" --call migrate -- npm run migrate',
      'A job that is started again goes on, and never migrates twice.',
    ],
  ],
  async run(call) {
    const { options: given, rest, args, io } = call
    if (args.length > 0) throw wrongly(`What to run stands behind --, not ${oneLine(args[0]!)}.`)
    requireProgram(rest?.[0], io)
    if (given.tool === undefined || !toolNamePattern.test(given.tool))
      throw wrongly('Say what it is called: --tool NAME, of letters, digits and _.:/-')
    const params = { command: rest!, ...readParams(given.param ?? []) }
    const say = narrator(call)
    const { hp } = agentClient(call, given.agent, say)
    const runId = given.run ?? `${hostname().replace(/[^\w.-]/g, '_')}-${randomUUID()}`
    const started = await hp.run({
      id: runId,
      ...(given.initiator !== undefined && { initiator: given.initiator }),
    })
    return gated(call, started, given.tool, params)
  },
})

type Params = { command: string[]; [name: string]: unknown }

async function gated(call: Given, started: Run, tool: string, params: Params): Promise<number> {
  const { options: given, io, out } = call
  const execute = async (approved: Params) => {
    const ended = await runApproved(call, approved)
    if (ended.code !== 0) throw new Ending(ended)
    return { exit_code: 0, ...(ended.output !== undefined && { output: ended.output }) }
  }
  const about = { callId: given.call ?? tool, description: given.description, signal: io.signal }
  const outcome = await started.gate<unknown, Params>(tool, params, execute, about)
  const tell = (words: string, event: object) =>
    out.isJson ? io.stderr.write(`${printableJson(event)}\n`) : out.note(words)
  if (outcome.kind === 'ran') {
    if (outcome.replayed)
      tell('It ran before and ended well; it was not run again.', { event: 'replayed', exit_code: 0 })
    else if (out.isJson) tell('', { event: 'ran', exit_code: 0 })
    await finish(call, started, 0)
    return exit.done
  }
  if (outcome.kind === 'failed') {
    const code = codeOf(outcome.error.message)
    if (outcome.replayed)
      tell(`It ran before and ended with ${code}; it was not run again.`, {
        event: 'replayed',
        exit_code: code,
      })
    else if (code === 127 && !(outcome.error.cause instanceof Ending))
      out.note(`It could not be started: ${oneLine(outcome.error.message, 500)}`)
    else if (out.isJson) tell('', { event: 'ran', exit_code: code })
    await finish(call, started, code)
    return code
  }
  const { approval } = outcome
  tell(`It was not run. ${outcomeWords(approval)}`, { event: approval.status, approval })
  await finish(call, started, exit.no)
  return exit.no
}

/** The exit code that a recorded failure tells of; 127 for what could not be started. */
function codeOf(message: string): number {
  return message.startsWith(endedWith) ? Number.parseInt(message.slice(endedWith.length), 10) || exit.no : 127
}

/** Ends a run of which this call was all. A run that could not be ended is no reason to fail what ran. */
async function finish({ options: given, out }: Given, started: Run, code: number): Promise<void> {
  if (given.run !== undefined) return
  const ending = code === 0 ? started.complete({ exit_code: code }) : started.fail({ exit_code: code })
  await ending.catch((error: unknown) =>
    out.note(`The run could not be ended: ${oneLine((error as Error).message, 300)}`),
  )
}

function runApproved({ options: given, io }: Given, approved: Params): Promise<Ended> {
  const { command: words, ...others } = approved
  if (
    !Array.isArray(words) ||
    words.length === 0 ||
    words.some((word) => typeof word !== 'string' || word.includes('\0'))
  )
    throw new Error('The approved param command is no list of texts.')
  const filled = words.map((word) => fill(word, others))
  const json = JSON.stringify(approved)
  // beyond that no system takes a variable
  const env = { ...io.env, HOLDPOINT_PARAMS: json.length < 100_000 ? json : undefined }
  return runChild(filled, { ...io, env, keepsOutput: given['no-output'] !== true, readsStdin: true })
}

/** An argument with the approved values in the place of `{name}`; braces around anything else stay. */
function fill(word: string, params: Record<string, unknown>): string {
  return word.replace(/\{([^{}]+)\}/g, (all, name: string) => {
    if (!Object.hasOwn(params, name)) return all
    const value = params[name]
    return typeof value === 'string' ? value : writeJson(value)
  })
}

/** @throws Failure */
function readParams(given: string[]): Record<string, unknown> {
  const params: Record<string, unknown> = {}
  for (const one of given) {
    const [, name, isJson, text = ''] = /^([^=:]+)(:?)=([\s\S]*)$/.exec(one) ?? []
    if (name === undefined || name === '__proto__')
      throw wrongly(`--param ${oneLine(one)}: write K=V, or K:=JSON.`)
    if (name === 'command') throw wrongly('--param command: that is CMD itself.')
    if (Object.hasOwn(params, name)) throw wrongly(`--param ${oneLine(name)} stands there twice.`)
    params[name] = isJson ? readValue(name, text) : text
  }
  return params
}

function readValue(name: string, text: string): unknown {
  try {
    return parseStrict(text).value
  } catch (error) {
    throw wrongly(
      `--param ${oneLine(name)}: ${oneLine((error as Error).message)} For a text write ${oneLine(name)}=…`,
    )
  }
}

/** Says what happens while it waits. */
function narrator({ out, io }: Given): (event: Event) => void {
  let unanswered = 0
  return (event) => {
    if (out.isJson) {
      if (event.type === 'held')
        io.stderr.write(`${printableJson({ event: 'held', approval: event.approval })}\n`)
      return
    }
    if (event.type === 'held')
      out.note(
        `It waits for a person, until ${event.approval.expires_at}: ${oneLine(event.approval.url, 500)}`,
      )
    if (event.type === 'unanswered' && ++unanswered === 1)
      out.note(`No answer counts yet: ${oneLine(event.reason)}. It is tried again.`)
    if (event.type === 'unreported')
      out.note(`Its result could not be recorded: ${oneLine(String((event.error as Error).message), 300)}`)
  }
}
