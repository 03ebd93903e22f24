/** Thrown while a condition is evaluated, where Python would raise; the reason reads on from the place. */
export class CannotTell extends Error {}

/** Counts the steps of one evaluation. */
export type Meter = { steps: number }

/** One evaluation takes at most so many steps: a comparison, an element compared, a kilobyte of text. */
const maxEvaluationSteps = 10_000

/** Adds to the steps taken. @throws CannotTell beyond the limit. */
export function spend(meter: Meter, steps: number): void {
  meter.steps += steps
  if (meter.steps > maxEvaluationSteps) throw new CannotTell('takes more than 10,000 steps')
}

/** A tuple literal; a list of JSON never equals it. */
export class Tuple {
  constructor(readonly items: readonly unknown[]) {}
}

/**
 * A whole number spelled as a float (`1.0`, `1e3`): equal to the integer, but never an index. Numbers of
 * JSON carry no such difference here: `1.0` in a body reads as `1`.
 */
export class Float {
  constructor(readonly value: number) {}
}

/** A set literal. */
export class ValueSet {
  private readonly plain = new Set<unknown>()
  private readonly tuples: Tuple[] = []

  /** @throws CannotTell where an item is a list, an object or a set: Python cannot hash these. */
  constructor(items: readonly unknown[], meter: Meter) {
    for (const item of items) {
      spend(meter, 1)
      requireHashable(item)
      if (!(item instanceof Tuple)) this.plain.add(hashKey(item))
      else if (!this.has(item, meter)) this.tuples.push(item)
    }
  }

  get size(): number {
    return this.plain.size + this.tuples.length
  }

  /** Whether the set holds an item that is known to be hashable. */
  has(item: unknown, meter: Meter): boolean {
    if (!(item instanceof Tuple)) return this.plain.has(hashKey(item))
    return this.tuples.some((tuple) => isEqual(tuple, item, meter))
  }

  /** Whether every item of this set is in the other. */
  isWithin(other: ValueSet, meter: Meter): boolean {
    spend(meter, this.size)
    for (const item of this.plain) if (!other.plain.has(item)) return false
    return this.tuples.every((tuple) => other.has(tuple, meter))
  }
}

/** What JSON or Python calls a value, with its article. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value === 'boolean') return 'a boolean'
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof Float) return 'a number'
  if (typeof value === 'string') return 'a string'
  if (Array.isArray(value)) return 'a list'
  if (value instanceof Tuple) return 'a tuple'
  if (value instanceof ValueSet) return 'a set'
  return isObject(value) ? 'an object' : 'no value of JSON'
}

/** Whether a value is an object of JSON (or an object literal), which Python calls a dict. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Tuple) &&
    !(value instanceof ValueSet) &&
    !(value instanceof Float)
  )
}

/** The number behind a number, a float or (as Python has it) a boolean. */
export function numberOf(value: unknown): number | bigint | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  return value instanceof Float ? value.value : undefined
}

/** Python's truth of a value: null, false, 0 and everything empty are false. */
export function isTruthy(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  if (value === null) return false
  if (typeof value === 'string') return value !== ''
  if (Array.isArray(value)) return value.length > 0
  if (value instanceof Tuple) return value.items.length > 0
  if (value instanceof ValueSet) return value.size > 0
  const number = numberOf(value)
  if (number !== undefined) return Boolean(number)
  if (isObject(value)) return Object.keys(value).length > 0
  throw new CannotTell('is no value of JSON')
}

/** @throws CannotTell where Python could not hash the value. */
export function requireHashable(value: unknown): void {
  if (value instanceof Tuple) value.items.forEach(requireHashable)
  else if (Array.isArray(value) || value instanceof ValueSet || isObject(value)) {
    throw new CannotTell(
      `cannot be evaluated: a set holds no ${kindOf(value).replace(/^an? /, '')}, nor is one a key`,
    )
  }
}

/** Equal values have the same key: a whole double beyond 2^53 - 1 has that of its integer. */
function hashKey(value: unknown): unknown {
  const number = numberOf(value)
  if (typeof number === 'number' && Number.isInteger(number) && !Number.isSafeInteger(number))
    return BigInt(number)
  return number ?? value
}

function isEachEqual(a: readonly unknown[], b: readonly unknown[], meter: Meter): boolean {
  return a.length === b.length && a.every((item, i) => isEqual(item, b[i], meter))
}

function isObjectEqual(a: Record<string, unknown>, b: Record<string, unknown>, meter: Meter): boolean {
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  return keys.every((key) => Object.hasOwn(b, key) && isEqual(a[key], b[key], meter))
}

/** A bigint and a double are the same where their exact values are. */
function isSameNumber(a: number | bigint, b: number | bigint | undefined): boolean {
  // eslint-disable-next-line eqeqeq -- `===` tells 10n ** 20n from 1e20
  return typeof a === typeof b ? a === b : b !== undefined && a == b
}

/** Python's `==`: by value and deep; values of different kinds are unequal, but `true == 1 == 1.0`. */
export function isEqual(a: unknown, b: unknown, meter: Meter): boolean {
  if (++meter.steps > maxEvaluationSteps) spend(meter, 0)
  if (a === b) return true
  const number = numberOf(a)
  if (number !== undefined) return isSameNumber(number, numberOf(b))
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a)) return Array.isArray(b) && isEachEqual(a, b, meter)
  if (a instanceof Tuple) return b instanceof Tuple && isEachEqual(a.items, b.items, meter)
  if (a instanceof ValueSet) return b instanceof ValueSet && a.size === b.size && a.isWithin(b, meter)
  return isObject(a) && isObject(b) && isObjectEqual(a, b, meter)
}
