import { countCharacters } from '../json/characters'
import { writeJson } from '../json/write'
import { plainText } from './channels'
import { type ShowOptions, type ShownText, showText } from './show'

export type ParamType = 'string' | 'number' | 'boolean' | 'null' | 'object' | 'array'

export type ShownParam = {
  name: ShownText
  value: ShownText
  type: ParamType
  /** Characters of the value as text: of a string itself, of everything else its JSON. */
  length: number
}

/**
 * The arguments of a call as names and values, each in full view but for what `showText` cuts: strings as
 * they are, everything else as compact JSON. The type tells the text `129` from the number.
 * Own keys in the order of the object; JavaScript puts keys such as `"10"` first, whatever the request did.
 * @param params what the strict reader returned
 */
export function showParams(params: Record<string, unknown>, options?: ShowOptions): ShownParam[] {
  return Object.entries(params).map(([name, param]) => ({
    name: showText(name, { maxCharacters: 200, singleLine: true }),
    ...showValue(param, options),
  }))
}

/** One JSON value as `showParams` shows it. */
export function showValue(param: unknown, options?: ShowOptions): Omit<ShownParam, 'name'> {
  const value = showText(textOf(param), options)
  return { value, type: typeOf(param), length: value.length }
}

/**
 * The arguments of a call on one line, such as `order_id=ORD-1234 · amount=129`. A text that holds more than
 * letters, digits and `_.:/@#+-`, or that reads like a number, `true`, `false` or `null`, stands in quotes,
 * so that no value passes for another argument or type; right-to-left text is isolated (UAX 9).
 * @param maxCharacters never exceeded (at least 20); arguments that do not fit are counted: `⟨2 more⟩`
 */
export function summarizeParams(params: Record<string, unknown>, maxCharacters = 200): string {
  const entries = Object.entries(params)
  const room = Math.max(20, Math.floor(maxCharacters / 3))
  let summary = ''
  for (const [i, [name, param]] of entries.entries()) {
    const item = `${quoted(name, room)}=${typeof param === 'string' ? quoted(param, room) : json(param, room)}`
    const longer = summary === '' ? item : `${summary} · ${item}`
    const isLast = i === entries.length - 1
    if (countCharacters(isLast ? longer : longer + more(entries.length - i - 1)) > maxCharacters) {
      return summary === '' ? `⟨${entries.length} not shown⟩` : summary + more(entries.length - i)
    }
    summary = longer
  }
  return summary
}

function more(count: number): string {
  return ` · ⟨${count} more⟩`
}

function quoted(text: string, maxCharacters: number): string {
  const shown = plainText(text, { maxCharacters, singleLine: true })
  const isBare = /^[\p{L}\p{M}\p{N}_.:/@#+-]+$/u.test(text)
  const isLikeJson = /^(?:true|false|null|-?\d[\d.eE+-]*)$/.test(text)
  return isolate(isBare && !isLikeJson ? shown : `"${shown.replace(/["\\]/g, String.raw`\$&`)}"`)
}

function json(param: unknown, maxCharacters: number): string {
  return isolate(plainText(textOf(param), { maxCharacters, singleLine: true }))
}

/** Keeps right-to-left letters from reordering what stands beside them on the line. */
function isolate(shown: string): string {
  return rightToLeft.test(shown) ? `\u2068${shown}\u2069` : shown
}

const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u

function textOf(param: unknown): string {
  return typeof param === 'string' ? param : writeJson(param)
}

function typeOf(param: unknown): ParamType {
  if (param === null) return 'null'
  if (Array.isArray(param)) return 'array'
  const type = typeof param === 'bigint' ? 'number' : typeof param
  if (type === 'string' || type === 'number' || type === 'boolean') return type
  return 'object'
}
