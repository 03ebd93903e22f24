import { isKeptByDouble } from '@/lib/json/exact-number'

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

/**
 * Whether decimal text (`1.5`, `.5`, `1e3`) says something else than the IEEE 754 double it parses to, by the rule for
 * request bodies: more than 17 significant digits, or beyond the range of doubles. Text that is no decimal is not
 * judged.
 */
export function losesDigits(text: string): boolean {
  return decimal.test(text) && !isKeptByDouble(text, Number(text))
}
