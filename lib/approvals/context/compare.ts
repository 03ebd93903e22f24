import { leavesOf } from '@/lib/json/leaves'
import { writeJson } from '@/lib/json/write'

/** The values of a call by their paths. */
export type Values = ReadonlyMap<string, unknown>

export function valuesOf(params: Record<string, unknown>): Values {
  return new Map(leavesOf(params).map(({ path, value }) => [path, value]))
}

/** A value that two calls do not have in common; undefined on the side where it is not there. */
export type Change = { path: string; before: unknown; after: unknown; factor: number | null }

/** What differs between an earlier call and this one: numbers first, then of this one in its order, and what only the earlier had. */
export function changesBetween(before: Values, after: Values): { changes: Change[]; same: number } {
  const paths = [...new Set([...after.keys(), ...before.keys()])]
  const changes = paths
    .filter((path) => before.has(path) !== after.has(path) || !isSame(before.get(path), after.get(path)))
    .map((path) => {
      const [was, is] = [before.get(path), after.get(path)]
      return { path, before: was, after: is, factor: factorOf(was, is) }
    })
  // a number that is another says most
  const first = changes.filter(({ factor }) => factor !== null)
  return {
    changes: [...first, ...changes.filter(({ factor }) => factor === null)],
    same: paths.length - changes.length,
  }
}

/** How many times as much; null where that says nothing. */
function factorOf(before: unknown, after: unknown): number | null {
  if (typeof before !== 'number' || typeof after !== 'number') return null
  const factor = after / before
  return before > 0 && after > 0 && Number.isFinite(factor) ? factor : null
}

export function isSame(one: unknown, other: unknown): boolean {
  return one === other || writeJson(one) === writeJson(other)
}

export type Numeric = number | bigint

export function isNumeric(value: unknown): value is Numeric {
  return typeof value === 'number' || typeof value === 'bigint'
}
