import { digitsOf } from './exact-number'

/**
 * Canonical JSON of a value by RFC 8785 (JCS): no blanks, keys sorted by UTF-16 code units, numbers and
 * strings spelled as ECMAScript does. In one thing it goes beyond: RFC 8785 leaves every number to the double, and
 * here a whole number beyond 2^53 - 1 that was spelled without point and exponent, a bigint, stands in full digits
 * (`9007199254740993`, not `9007199254740992`). Two values have the same canonical text exactly if they are equal.
 * @param value what the strict reader returns: plain objects, arrays, strings, finite numbers, bigints, booleans, null
 * @throws TypeError on whatever JSON cannot carry: a number that is not finite, a lone surrogate, `undefined`,
 * a hole in an array, a symbol, a function, an object that is not plain
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return canonicalString(value)
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`JSON has no number ${value}.`)
      return String(value)
    case 'bigint':
      return digitsOf(value)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      if (value === null) return 'null'
      return Array.isArray(value) ? canonicalArray(value) : canonicalObject(value)
    default:
      throw new TypeError(`JSON has no ${typeof value}.`)
  }
}

/** Text that is spelled as it stands: printable ASCII without `"` and `\`. */
const plainAscii = /^[ !#-[\]-~]*$/

/** JSON.stringify spells strings as RFC 8785 wants, but escapes lone surrogates where it demands an error. */
function canonicalString(text: string): string {
  if (plainAscii.test(text)) return `"${text}"`
  if (/\p{Surrogate}/u.test(text)) throw new TypeError('JSON text cannot hold a lone surrogate.')
  return JSON.stringify(text)
}

function canonicalArray(items: unknown[]): string {
  let text = '['
  for (let i = 0; i < items.length; i++) text += (i === 0 ? '' : ',') + canonicalJson(items[i])
  return `${text}]`
}

function canonicalObject(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError('Only plain objects have a canonical form.')
  }
  const members = value as Record<string, unknown>
  let text = ''
  // Without a comparator, sort orders by UTF-16 code units.
  for (const key of Object.keys(members).sort()) {
    text += `${text === '' ? '' : ','}${canonicalString(key)}:${canonicalJson(members[key])}`
  }
  return `{${text}}`
}
