import { isMap, isScalar, isSeq, type Pair, type Scalar, type YAMLMap } from 'yaml'
import { losesDigits } from './expression/number'
import { likelyKey } from './likely'
import type { OnRejection } from './policy'
import { pointerTo, type Report } from './report'

const leastTimeoutSeconds = 30
const mostTimeoutSeconds = 604_800
const maxMessageCharacters = 4096
const settingKeys = ['timeout', 'message', 'on_rejection']

type Settings = {
  timeout: number | null
  message: string | null | undefined
  onRejection: OnRejection | null
}
type Path = readonly (string | number)[]

/** Where a node stands, by UTF-16 index; one that YAML left out stands where its key does. */
export function offsetOf(node: unknown, fallback = 0): number {
  if (isScalar(node) || isMap(node) || isSeq(node)) return node.range?.[0] ?? fallback
  return fallback
}

/** What YAML made of a value, in words. */
export function describe(node: unknown): string {
  if (isSeq(node)) return 'a list'
  if (isMap(node)) return 'a mapping'
  const value = isScalar(node) ? node.value : null
  if (value === null) return 'null'
  return typeof value === 'string'
    ? 'text'
    : typeof value === 'boolean'
      ? String(value)
      : `the number ${value}`
}

/** Whether text holds U+0000 or half a character, which neither JSON bodies nor the database carry. */
export function isUnstorable(text: string): boolean {
  return text.includes('\0') || /\p{Surrogate}/u.test(text)
}

function readSeconds(node: unknown): number | undefined {
  if (!isScalar(node)) return undefined
  const { value } = node as Scalar
  if (typeof value === 'string') return /^\s*\d{1,9}(\.0{1,9})?\s*$/.test(value) ? Number(value) : undefined
  if (typeof value !== 'number' || !Number.isInteger(value)) return undefined
  return losesDigits(node.source ?? '') ? undefined : value
}

function readTimeout(node: unknown, path: Path, at: number, report: Report): number | null {
  const seconds = readSeconds(node)
  if (seconds !== undefined && seconds >= leastTimeoutSeconds && seconds <= mostTimeoutSeconds) return seconds
  const range = `whole seconds from ${leastTimeoutSeconds} to ${mostTimeoutSeconds}`
  report.error(pointerTo(...path), at, `timeout is ${range}, not ${describe(node)}`)
  return null
}

function readMessage(node: unknown, path: Path, at: number, report: Report): string | null {
  const value = isScalar(node) ? node.value : node
  if (value === null) return null
  const pointer = pointerTo(...path)
  if (typeof value !== 'string') {
    report.error(pointer, at, `message is text or null, not ${describe(node)}: put it in quotes`)
  } else if (isUnstorable(value)) {
    report.error(pointer, at, 'message holds U+0000 or half a character: leave it away')
  } else if (value.length > maxMessageCharacters && [...value].length > maxMessageCharacters) {
    report.error(pointer, at, `message has at most ${maxMessageCharacters} characters`)
  } else return value
  return null
}

function readOnRejection(node: unknown, path: Path, at: number, report: Report): OnRejection | null {
  const value = isScalar(node) ? node.value : null
  if (value === 'fail' || value === 'continue') return value
  const written = typeof value === 'string' ? `\`${value.slice(0, 40)}\`` : describe(node)
  report.error(pointerTo(...path), at, `on_rejection is \`fail\` or \`continue\`, not ${written}`)
  return null
}

function warnUnknown(key: unknown, known: readonly string[], report: Report): void {
  const name = isScalar(key) ? String(key.value) : 'a key that is no text'
  if (name === 'inputs') {
    report.warn('inputs_not_used', offsetOf(key), '`inputs` is kept, and nothing here uses it')
    return
  }
  const likely = likelyKey(name, known)
  const mend = likely === undefined ? `known are ${known.join(', ')}` : `did you mean \`${likely}\`?`
  report.warn(
    'unknown_key',
    offsetOf(key),
    `\`${name.slice(0, 100)}\` is not a key here and does nothing: ${mend}`,
  )
}

/**
 * Reads timeout, message and on_rejection of a mapping, and hands back the pairs of the keys in `own`.
 * What is out of bounds is an error, an unknown key a warning.
 */
export function readSettings(
  map: YAMLMap,
  path: Path,
  own: readonly string[],
  report: Report,
): { settings: Settings; pairs: Map<string, Pair> } {
  const settings: Settings = { timeout: null, message: undefined, onRejection: null }
  const pairs = new Map<string, Pair>()
  for (const pair of map.items) {
    const key = isScalar(pair.key) && typeof pair.key.value === 'string' ? pair.key.value : ''
    const { value } = pair
    const at = offsetOf(value, offsetOf(pair.key))
    const here = [...path, key]
    if (own.includes(key)) pairs.set(key, pair)
    else if (key === 'timeout') settings.timeout = readTimeout(value, here, at, report)
    else if (key === 'message') settings.message = readMessage(value, here, at, report)
    else if (key === 'on_rejection') settings.onRejection = readOnRejection(value, here, at, report)
    else warnUnknown(pair.key, [...own, ...settingKeys], report)
  }
  return { settings, pairs }
}
