import { canonicalJson } from '../../json/canonical'
import { pointerTo } from '../report'

/** One part of a pointer: a key of an object, or an index of a list. */
type Part = string | number

/** What an edit changes at one place; `from` is missing where something is added, `to` where it is removed. */
export type Change = { pointer: string; from?: unknown; to?: unknown }
export type PlacedChange = Change & { path: Part[] }

/**
 * In what two values differ, in their order: as deep as both are objects, or lists of the same length. Whole numbers of
 * any size are compared exactly.
 */
export function changesBetween(from: unknown, to: unknown): PlacedChange[] {
  const changes: PlacedChange[] = []
  const compare = (path: Part[], before: unknown, after: unknown) => {
    if (isObject(before) && isObject(after)) {
      for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
        const here = [...path, key]
        if (!Object.hasOwn(after, key))
          changes.push({ pointer: pointerTo(...here), path: here, from: before[key] })
        else if (!Object.hasOwn(before, key))
          changes.push({ pointer: pointerTo(...here), path: here, to: after[key] })
        else compare(here, before[key], after[key])
      }
    } else if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
      before.forEach((item, index) => compare([...path, index], item, after[index]))
    } else if (canonicalJson(before) !== canonicalJson(after)) {
      changes.push({ pointer: pointerTo(...path), path, from: before, to: after })
    }
  }
  compare([], from, to)
  return changes
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Whether a place covers a path: the place itself or what lies below it. `*` stands for an index of a list, never for a
 * key of an object.
 * @param place a pointer (RFC 6901)
 */
export function covers(place: string, path: readonly Part[]): boolean {
  const parts = place
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  return (
    parts.length <= path.length &&
    parts.every((part, at) => (part === '*' ? typeof path[at] === 'number' : part === String(path[at])))
  )
}

type Kind = 'null' | 'boolean' | 'integer' | 'decimal' | 'string' | 'list' | 'object'

function kindOf(value: unknown): Kind {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'list'
  switch (typeof value) {
    case 'bigint':
      return 'integer'
    case 'number':
      return Number.isInteger(value) ? 'integer' : 'decimal'
    case 'boolean':
      return 'boolean'
    case 'string':
      return 'string'
    default:
      return 'object'
  }
}

const words: Record<Kind, string> = {
  null: 'null',
  boolean: 'true or false',
  integer: 'a whole number',
  decimal: 'a number',
  string: 'text',
  list: 'a list',
  object: 'an object',
}

/** Why a change does not keep the form of what was requested; null where it does. What was a decimal may become whole. */
export function lostForm(change: Change): string | null {
  if (!('from' in change)) return 'The request has no such member; without a schema none is added.'
  if (!('to' in change)) return 'The request has this member; without a schema none is removed.'
  const [before, after] = [kindOf(change.from), kindOf(change.to)]
  if (before === 'list' && after === 'list') return 'Without a schema a list keeps its length.'
  if (before === after || (before === 'decimal' && after === 'integer')) return null
  return `It was ${words[before]} and stays so; this is ${words[after]}.`
}
