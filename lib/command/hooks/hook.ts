import { execFile } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { connect } from '@/lib/client/connect'
import { Life } from '@/lib/client/life'
import { toMs, within } from '@/lib/client/wait'
import { makeCallId } from '@/lib/hooks/dialects/call-id'
import { claudeCode } from '@/lib/hooks/dialects/claude-code'
import {
  objectOf,
  recorded,
  type After,
  type Before,
  type Dialect,
  type Heard,
  type JsonObject,
  type Verdict,
} from '@/lib/hooks/dialects/dialect'
import { parseStrict } from '@/lib/json/strict'
import { command, type Call, type Common, type Io } from '../command'
import { accessOf } from '../config'
import { exit, wordsOf, wrongly } from '../exit'
import { oneLine } from '../printer'
import { keepCallId, takeCallId } from './call-ids'
import { dialectNamed, names } from './named'
import { tell, verdictOf } from './verdict'

/** For how long the hook waits for a person. */
export const defaultWait = '55m'
/**
 * How much longer the settings let it be: a claim that is on its way is not given up, and Codex and Copilot run the tool of
 * a hook that is late.
 */
export const spareSeconds = 300
/** For how long Holdpoint may not answer, and the most that it may. */
const patienceMs = { usual: 120_000, most: 240_000 }
/** For how long a coding agent may take to say what it is about to do. */
const inputMs = 60_000

const options = {
  agent: {
    type: 'string',
    value: 'NAME',
    about: 'The agent whose policy counts. Default: HOLDPOINT_AGENT, else the name of the coding agent.',
  },
  wait: {
    type: 'string',
    value: 'SPAN',
    about: `For how long to wait for a person, such as 30m or 8h; then the call is denied and the request withdrawn. Default: ${defaultWait}.`,
  },
  park: {
    type: 'boolean',
    about:
      'Claude Code with -p: do not wait. What is held ends the session, which is resumed after the decision.',
  },
} as const

type Options = Call<typeof options>['options']

export const hook = command({
  synopsis: [`hook ${names.join('|')} [--agent NAME] [--wait SPAN] [--park]`],
  about: [
    'Answers a hook of a coding agent: reads on stdin what it is about to do, asks Holdpoint, waits for a person where a rule says so, and says on stdout in the coding agent’s words whether the tool may run. holdpoint install writes the settings that call this.',
    'Whatever goes wrong, the tool does not run: Holdpoint away or not itself, no key, input that is none, a wait that is too long.',
    'HOLDPOINT_PATIENCE is for how long Holdpoint may not answer: 2m, and 4m at most.',
  ],
  options,
  examples: [
    ['holdpoint hook claude-code < call.json', 'Ask about the call in the file, as Claude Code would.'],
  ],
  exits: [
    [exit.done, 'The answer is on stdout, be it yes or no.'],
    [exit.no, 'What came of a call could not be recorded.'],
  ],
  run: async ({ args, options, common, out, io }) => {
    const dialect = dialectNamed(args[0], io.env)
    if (options.park && dialect !== claudeCode)
      throw wrongly(`${dialect.title} cannot be parked; leave --park out.`)
    let heard: Heard | undefined
    try {
      const said = await within(inputMs, [io.signal], () => text(io.stdin))
      // what two readers could take for two calls is none
      parseStrict(said, { recorded })
      heard = dialect.hear(objectOf(JSON.parse(said), 'call'))
      const late = AbortSignal.timeout(toMs(options.wait ?? defaultWait))
      const connection = { dialect, options, common, io, late }
      if (heard.event === 'before') say(io, dialect.say(await hearBefore(heard, connection)))
      else {
        await hearAfter(heard, connection)
        say(io, {})
      }
      return exit.done
    } catch (error) {
      const words = wordsOf(error)
      if (heard?.event === 'after') {
        out.note(`Holdpoint: the result of ${oneLine(heard.tool)} was not recorded. ${words}`)
        return exit.no
      }
      say(io, dialect.say(refusalOf(error, words, oneLine(heard?.tool ?? 'The tool'))))
      return exit.done
    } finally {
      // what is not closed at the other end would keep this process alive
      io.stdin.destroy()
    }
  },
})

function refusalOf(error: unknown, words: string, tool: string): Verdict {
  if (!(error instanceof Error))
    return { kind: 'refused', message: `${tool} did not run: ${words}`, isOver: false }
  if (error.name === 'Refused') return { kind: 'refused', message: words, isOver: true }
  const why =
    error.name === 'TimeoutError'
      ? 'nobody decided for as long as the hook may wait; the request is withdrawn.'
      : words
  return { kind: 'refused', message: `${tool} did not run: ${why}`, isOver: false }
}

function say(io: Io, answer: JsonObject): void {
  io.stdout.write(`${JSON.stringify(answer)}\n`)
}

type Connection = { dialect: Dialect; options: Options; common: Common; io: Io; late: AbortSignal }

async function hearBefore(heard: Before, connection: Connection): Promise<Verdict> {
  const { dialect, options, io, late } = connection
  const { session, tool, params, cwd, at } = heard
  const callId = heard.callId ?? makeCallId(tool, params, at ?? '')
  const run = await runOf(heard.session, connection, cwd)
  const metadata: Record<string, string> = { framework: dialect.name, thread: session }
  if (cwd !== undefined) metadata.folder = cwd.slice(-500)
  const verdict = await verdictOf(
    run,
    { tool, params, callId, metadata },
    { isParking: options.park === true, late, signal: io.signal },
  )
  if (heard.callId === undefined && verdict.kind !== 'refused') {
    keepCallId(session, tool, (verdict.kind === 'approved' && verdict.params) || params, callId)
  }
  return verdict
}

async function hearAfter(heard: After, connection: Connection): Promise<void> {
  const { session, tool, params, result } = heard
  const callId = heard.callId ?? takeCallId(session, tool, params)
  if (callId !== undefined) await tell(await runOf(session, connection), callId, result)
}

async function runOf(session: string, { dialect, options, common, io }: Connection, cwd?: string) {
  const { url, credential: key } = accessOf('key', common, io.env)
  const patience = Math.min(toMs(io.env.HOLDPOINT_PATIENCE || patienceMs.usual), patienceMs.most)
  const hp = connect({ url, key, patience, signal: io.signal }, new Life())
  const agent = options.agent ?? (io.env.HOLDPOINT_AGENT || dialect.name)
  return hp.run({ agent, id: session, ...(cwd === undefined ? {} : await initiatorOf(cwd)) })
}

/** Who works there, as Git is told. */
async function initiatorOf(cwd: string): Promise<{ initiator?: string }> {
  const email = await new Promise<string>((resolve) => {
    execFile('git', ['config', 'user.email'], { cwd, timeout: 2000 }, (error, stdout) =>
      resolve(error ? '' : stdout.trim()),
    )
  })
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email) && email.length <= 254 ? { initiator: email } : {}
}
