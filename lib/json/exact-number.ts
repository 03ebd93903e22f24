/**
 * Whether a JSON number is kept to its last digit: the decimal value of the literal equals that of the
 * shortest spelling of the double it parses to (`0.1`, `4.50`, `-0` do; `9007199254740993`, `1e400` do not).
 * Exact for any number of digits and any exponent, in time linear in the length of the literal.
 * @param literal a number by the grammar of RFC 8259, section 6
 * @param value `Number(literal)`
 */
export function isExactNumber(literal: string, value: number): boolean {
  if (!Number.isFinite(value)) return false
  const given = decimalOf(literal)
  const kept = decimalOf(String(value))
  return given.digits === kept.digits && (given.digits === '' || given.point === kept.point)
}

/**
 * The decimal 0.`digits` × 10^`point`, without its sign (which a double always keeps). Zero has no digits.
 * `point` may itself be inexact for an absurd exponent, but then the double is infinite or zero.
 */
function decimalOf(literal: string): { digits: string; point: number } {
  const sign = literal.startsWith('-') ? 1 : 0
  const e = literal.search(/[eE]/)
  const mantissa = literal.slice(sign, e < 0 ? literal.length : e)
  const dot = mantissa.indexOf('.')
  const whole = dot < 0 ? mantissa : mantissa.slice(0, dot)
  const all = dot < 0 ? whole : whole + mantissa.slice(dot + 1)
  // Loops, as a pattern such as /0+$/ takes quadratic time on a long run of zeros.
  let first = 0
  while (all.charCodeAt(first) === 0x30) first++
  let last = all.length
  while (last > first && all.charCodeAt(last - 1) === 0x30) last--
  const exponent = e < 0 ? 0 : Number(literal.slice(e + 1))
  return { digits: all.slice(first, last), point: whole.length - first + exponent }
}
