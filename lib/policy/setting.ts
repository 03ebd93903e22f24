import { isMap, isScalar, isSeq, type Scalar } from 'yaml'
import { losesDigits } from './expression/number'
import { pointerTo, type Report } from './report'

export type Path = readonly (string | number)[]

/** Reads the value of a setting; undefined where it was refused, which the report then has. */
export type Read<T> = {
  (node: unknown, path: Path, at: number, report: Report): T | undefined
  /** All that it may be, where that is one of a few words. */
  words?: readonly string[]
}

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

/** The same, text as it is written. */
export function written(node: unknown): string {
  const value = isScalar(node) ? node.value : null
  return typeof value === 'string' ? `\`${value.slice(0, 40)}\`` : describe(node)
}

/** Whether text holds U+0000 or half a character, which neither JSON bodies nor the database carry. */
export function isUnstorable(text: string): boolean {
  return text.includes('\0') || /\p{Surrogate}/u.test(text)
}

/** A whole number as written, also as text and as `60.0`. */
function wholeNumberOf(node: unknown): number | undefined {
  if (!isScalar(node)) return undefined
  const { value } = node as Scalar
  if (typeof value === 'string') return /^\s*\d{1,9}(\.0{1,9})?\s*$/.test(value) ? Number(value) : undefined
  if (typeof value !== 'number' || !Number.isInteger(value)) return undefined
  return losesDigits(node.source ?? '') ? undefined : value
}

/** Reads a whole number between bounds. */
export function wholeNumber(name: string, unit: string, least: number, most: number): Read<number> {
  return (node, path, at, report) => {
    const value = wholeNumberOf(node)
    if (value !== undefined && value >= least && value <= most) return value
    report.error(pointerTo(...path), at, `${name} is ${unit} from ${least} to ${most}, not ${describe(node)}`)
    return undefined
  }
}

/** Reads one of a few words, case-sensitively. */
export function oneOf<const T extends string>(name: string, words: readonly T[]): Read<T> {
  const read: Read<T> = (node, path, at, report) => {
    const value = isScalar(node) ? node.value : null
    const found = words.find((word) => word === value)
    if (found === undefined) {
      const known = words.map((word) => `\`${word}\``)
      const detail = `${name} is ${known.slice(0, -1).join(', ')} or ${known.at(-1)}, not ${written(node)}`
      report.error(pointerTo(...path), at, detail)
    }
    return found
  }
  return Object.assign(read, { words })
}

/** Reads a list, or one item alone, of at least one and at most `most`; each item once. */
export function listOf<T>(name: string, most: number, readItem: Read<T>): Read<T[]> {
  return (node, path, at, report) => {
    const items = isSeq(node) ? node.items : [node]
    if (items.length === 0 || items.length > most) {
      const wrong =
        items.length === 0 ? 'is empty: name something' : `has at most ${most}, not ${items.length}`
      report.error(pointerTo(...path), at, `${name} ${wrong}`)
      return undefined
    }
    const read = items.map((item: unknown, index) =>
      isSeq(node)
        ? readItem(item, [...path, index], offsetOf(item, at), report)
        : readItem(item, path, at, report),
    )
    const whole = read.filter((one) => one !== undefined)
    return whole.length === items.length ? [...new Set(whole)] : undefined
  }
}
