import type { OrderOperator } from './tree'
import { CannotTell, isEqual, kindOf, type Meter, numberOf, spend, Tuple, ValueSet } from './values'

/**
 * Where one string stands to another by code point: below 0, 0 or above 0. JavaScript's own order is by
 * UTF-16 unit, which puts U+1F600 before U+FFFF.
 */
function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    // A surrogate is part of a character beyond U+FFFF, so above every unit that is none.
    if (x !== y) return rank(x) - rank(y)
  }
  return a.length - b.length
}

const rank = (unit: number) => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit)

function holds(operator: OrderOperator, sign: number): boolean {
  if (operator === '<') return sign < 0
  if (operator === '<=') return sign <= 0
  return operator === '>' ? sign > 0 : sign >= 0
}

/** The first pair that differs decides; where none does, the length. */
function isSequenceOrdered(
  operator: OrderOperator,
  a: readonly unknown[],
  b: readonly unknown[],
  meter: Meter,
): boolean {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    if (!isEqual(a[i], b[i], meter)) return isOrdered(operator, a[i], b[i], meter)
  }
  return holds(operator, a.length - b.length)
}

/** To Python `<` between sets asks for a proper subset, so that two sets may stand in no order. */
function isSetOrdered(operator: OrderOperator, a: ValueSet, b: ValueSet, meter: Meter): boolean {
  const isDown = operator === '<' || operator === '<='
  const [small, large] = isDown ? [a, b] : [b, a]
  const isProper = operator === '<' || operator === '>'
  return (isProper ? small.size < large.size : small.size <= large.size) && small.isWithin(large, meter)
}

/**
 * Python's `<`, `<=`, `>`, `>=`.
 * @throws CannotTell where Python raises: different kinds, null, objects, or such a pair within sequences.
 */
export function isOrdered(operator: OrderOperator, a: unknown, b: unknown, meter: Meter): boolean {
  const x = numberOf(a)
  const y = numberOf(b)
  // JavaScript orders a bigint and a double by their exact values, as Python does.
  if (x !== undefined && y !== undefined) return holds(operator, x < y ? -1 : x > y ? 1 : 0)
  if (typeof a === 'string' && typeof b === 'string') {
    spend(meter, Math.min(a.length, b.length) >>> 10)
    return holds(operator, compareText(a, b))
  }
  if (Array.isArray(a) && Array.isArray(b)) return isSequenceOrdered(operator, a, b, meter)
  if (a instanceof Tuple && b instanceof Tuple) return isSequenceOrdered(operator, a.items, b.items, meter)
  if (a instanceof ValueSet && b instanceof ValueSet) return isSetOrdered(operator, a, b, meter)
  throw new CannotTell(`cannot be evaluated: \`${operator}\` does not order ${kindOf(a)} and ${kindOf(b)}`)
}
