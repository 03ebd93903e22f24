import { pino, stdTimeFunctions, type LogFn, type Logger } from 'pino'
import { describeError } from './describe-error'

const mostCharacters = 300
/** What a terminal or a reader of the log would act on instead of showing; JSON escapes those below U+0020 itself. */
const unseen = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g

const options = {
  base: null,
  timestamp: stdTimeFunctions.isoTime,
  formatters: { level: (label: string) => ({ level: label }) },
  hooks: {
    logMethod(this: Logger, args: Parameters<LogFn>, method: LogFn) {
      method.apply(this, args.map(cut) as typeof args)
    },
  },
  serializers: { error: (error: unknown) => (typeof error === 'string' ? error : describeError(error)) },
}

function writeTo(stream: 'stdout' | 'stderr') {
  return { write: (line: string) => void process[stream].write(line.replace(unseen, escape)) }
}

/**
 * What a living server says to its operator: a line of JSON on standard error, with its level. Never a body, a param
 * or a credential; an `error` is told by its kind and place, for the message of a database's error and its query's
 * parameters hold what callers sent. Whatever it is made of, no field is longer than 300 characters, and no character
 * is there that is not seen. Requests are told at the level `debug`; see `LOG_LEVEL`.
 */
export const log = pino(options, writeTo('stderr'))

/** Lines to be kept, on standard output: `log` in everything else. */
export const record = pino(options, writeTo('stdout'))

/** No field is longer than 300 characters, at any depth. */
function cut(value: unknown): unknown {
  if (typeof value === 'string')
    return value.length > mostCharacters ? `${value.slice(0, mostCharacters)}…` : value
  if (Array.isArray(value)) return value.map(cut)
  if (value instanceof Error || value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, cut(one)]))
}

function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
