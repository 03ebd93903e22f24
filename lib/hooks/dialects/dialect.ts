import { plainText } from '@/lib/untrusted/channels'

/** What JSON holds in braces. */
export type JsonObject = Record<string, unknown>

/** What a hook is told of a result: it is only recorded, and nothing in it is refused. */
export const recorded = ['tool_response', 'tool_output', 'tool_result', 'error', 'error_message'] as const

type Told = {
  /** The coding agent's own id of the session: that of the run. */
  session: string
  /** The coding agent's own id of the call; not all of them tell one. */
  callId: string | undefined
  tool: string
  params: JsonObject
}

/** A call that a coding agent is about to make. */
export type Before = Told & {
  event: 'before'
  /** When, in the coding agent's words; where it tells no id of the call. */
  at?: string
  /** The folder that it works in. */
  cwd: string | undefined
}

/** What came of a call. */
export type Result = { status: 'succeeded'; output: unknown } | { status: 'failed'; error: unknown }

/** A call that a coding agent has made. */
export type After = Told & { event: 'after'; result: Result }

/** What a hook is told. */
export type Heard = Before | After

/** What becomes of a call that is about to be made. */
export type Verdict =
  /** No rule asks for a person: the coding agent's own rules decide. */
  | { kind: 'free' }
  /** A person approved it; `params` are those of the person where they were changed. */
  | { kind: 'approved'; message: string; params: JsonObject | undefined }
  /** A person has yet to decide, and nobody waits here for that. */
  | { kind: 'parked'; message: string }
  /** It may not run; `isOver` where the whole run may not go on. */
  | { kind: 'refused'; message: string; isOver: boolean }

/** How one coding agent talks to its hooks. */
export type Dialect = {
  /** Its name, and the agent whose policy counts where none is named. */
  name: DialectName
  /** What it is called by people. */
  title: string
  /** @throws TypeError, which names the member that is missing or none, or the event that is not ours */
  hear(input: JsonObject): Heard
  /** A verdict in its words. */
  say(verdict: Verdict): JsonObject
}

export type DialectName = 'claude-code' | 'codex' | 'cursor' | 'copilot'

/** @throws TypeError */
export function textOf(input: JsonObject, name: string): string {
  const value = input[name]
  if (typeof value === 'string' && value !== '') return value
  throw new TypeError(`The hook was not told ${name}.`)
}

/** @throws TypeError */
export function eventOf(input: JsonObject, ours: RegExp): string {
  const event = textOf(input, 'hook_event_name')
  if (ours.test(event)) return event
  throw new TypeError(
    `The hook was called for ${plainText(event, { singleLine: true, maxCharacters: 60 })}, which it is not for.`,
  )
}

/** @throws TypeError */
export function objectOf(value: unknown, name: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject
  throw new TypeError(`The hook was told a ${name} that is no object.`)
}

export function optionalText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A text shorter than this is not worth a note in its place. */
const leastLength = 200

/**
 * What a tool gave back, without what its params hold already: a file that was written, a text that was replaced. Where
 * a member of it is the same long text as one of the params, the place of that stands in its stead.
 */
export function withoutParams(output: unknown, params: unknown): unknown {
  if (typeof output !== 'object' || output === null || typeof params !== 'object' || params === null)
    return output
  const places = new Map<string, string>()
  for (const [name, value] of Object.entries(params)) {
    if (typeof value === 'string' && value.length >= leastLength)
      places.set(value, `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`)
  }
  if (places.size === 0 || Array.isArray(output)) return output
  return Object.fromEntries(
    Object.entries(output).map(([name, value]) => {
      const place = typeof value === 'string' ? places.get(value) : undefined
      return [name, place === undefined ? value : { same_as_param: place }]
    }),
  )
}
