import { parseArgs } from 'node:util'
import type { Approval } from '@/lib/client/approval'
import { likelyKey } from '@/lib/policy/likely'
import packageJson from './package.json' with { type: 'json' }
import type { Command, Io } from './command'
import { commands, type Listed } from './commands'
import { exit, Failure, wordsOf, wrongly } from './exit'
import { commonOptions, showCommand, showProgram } from './help'
import { optionFault } from './option-fault'
import { oneLine, printableJson, Printer } from './printer'
import { outcomeWords } from './words'

/** The reason of `Io.signal` when a person or the system ends the command. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
}

/**
 * Runs one call of the command.
 * @param argv without the program's own name
 * @returns the exit code; whatever went wrong has been told on stderr
 */
export async function main(argv: string[], io: Io): Promise<number> {
  // found even where the call is otherwise none that could be read
  const before = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv
  const out = new Printer(io, before.includes('--json'))
  try {
    return await dispatch(argv, io, out)
  } catch (error) {
    return tell(error, io, out)
  }
}

async function dispatch(argv: string[], io: Io, out: Printer): Promise<number> {
  const [first, ...others] = argv
  if (first === undefined || first === '--help' || first === '-h') {
    showProgram(out, commands)
    return first === undefined ? exit.usage : exit.done
  }
  if (first === '--version' || first === 'version') {
    out.line(packageJson.version)
    return exit.done
  }
  if (first === 'help') {
    if (others.length === 0) showProgram(out, commands)
    else {
      const { listed } = find(others)
      showCommand(out, listed, await listed.load())
    }
    return exit.done
  }
  const { listed, args } = find(argv)
  const command = await listed.load()
  const { values, positionals, rest } = parse(listed.name, command, args)
  const { json = false, profile, url, patience, help, ...options } = values
  if (help === true) {
    showCommand(out, listed, command)
    return exit.done
  }
  const text = (value: unknown) => value as string | undefined
  const common = { json: json === true, profile: text(profile), url: text(url), patience: text(patience) }
  io.signal.throwIfAborted()
  return command.run({ options: options as never, args: positionals, rest, common, out, io })
}

/** The command that a call names, by two words or by one. @throws Failure */
function find(argv: string[]): { listed: Listed; args: string[] } {
  const names = (count: number) => argv.slice(0, count).join(' ')
  for (const count of [2, 1]) {
    const listed = argv.length >= count && commands.find(({ name }) => name === names(count))
    if (listed) return { listed, args: argv.slice(count) }
  }
  const [first = ''] = argv
  const name = oneLine(first, 60)
  const below = commands.filter((one) => one.name.startsWith(`${first} `)).map((one) => one.name)
  if (below.length > 0) throw wrongly(`${name} is one of: ${below.join(', ')}.`)
  if (first.startsWith('-')) throw wrongly(`A command comes first, not ${name}. See: holdpoint --help`)
  const likely = likelyKey(
    first,
    commands.map((one) => one.name),
  )
  throw wrongly(
    `There is no command ${name}.${likely ? ` Did you mean ${likely}?` : ''} See: holdpoint --help`,
  )
}

type Parsed = { values: Record<string, unknown>; positionals: string[]; rest: string[] | undefined }

function parse(name: string, command: Command, args: string[]): Parsed {
  const end = args.indexOf('--')
  const rest = end < 0 ? undefined : args.slice(end + 1)
  const own = end < 0 ? args : args.slice(0, end)
  const options = { ...command.options, ...commonOptions }
  const fault = optionFault(own, options)
  if (fault !== undefined) throw wrongly(`${fault} See: holdpoint ${name} --help`)
  const { values, positionals } = parseArgs({ args: own, options, allowPositionals: true })
  return { values, positionals, rest }
}

type Told = {
  name?: string
  status?: number
  code?: string
  approval?: Approval
  errors?: unknown
}

/** Says what went wrong, for people and in `--json` for programs, and with which exit code to end. */
function tell(error: unknown, io: Io, out: Printer): number {
  const { name, status, code, approval, errors } = (error ?? {}) as Told
  const message = wordsOf(error)
  const exitCode = codeOf(error)
  const isOurs = exitCode !== undefined
  if (error instanceof Interrupted) {
    out.note('Interrupted.')
    return exit.interrupted
  }
  // a Failure’s words are ours, and what of others stands in them is escaped
  const said = error instanceof Failure ? message : oneLine(message, 2000)
  const words = isOurs ? said : `This is a fault of holdpoint itself: ${said}`
  if (out.isJson) {
    const problem = { name: isOurs ? name : 'Fault', message: words, status, code, errors, approval }
    io.stderr.write(`${printableJson({ error: problem })}\n`)
  } else {
    out.note(`${out.styleNote('red', 'holdpoint:')} ${words}`)
    for (const issue of Array.isArray(errors) ? (errors as { pointer?: unknown; detail?: unknown }[]) : []) {
      out.note(`  ${oneLine(String(issue.pointer || '/'))}: ${oneLine(String(issue.detail), 500)}`)
    }
    if (approval) out.note(`  ${outcomeWords(approval)}`)
    if (!isOurs && io.env.HOLDPOINT_DEBUG) out.note(String((error as Error).stack))
  }
  return exitCode ?? 70
}

/** @returns undefined for what nobody foresaw */
function codeOf(error: unknown): number | undefined {
  if (error instanceof Failure) return error.exitCode
  if (error instanceof Interrupted) return exit.interrupted
  const { name, status, code } = (error ?? {}) as Told
  switch (name) {
    case 'Refused':
    case 'Rejected':
    case 'Indeterminate':
      return exit.no
    case 'Unavailable':
      return exit.unanswered
    case 'Problem':
      return code === 'idempotency_mismatch' ? exit.usage : ofStatus(status)
    default:
      return undefined
  }
}

function ofStatus(status: number | undefined): number {
  if (status === 401 || status === 403) return exit.denied
  if (status === 409 || status === 412) return exit.conflict
  return exit.usage
}
