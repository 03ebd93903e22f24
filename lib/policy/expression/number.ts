const decimal = /^[+-]?(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/

/** Significant digits and exponent, so that `1.50`, `15e-1` and `1.5` come out the same. */
function significant(text: string): string {
  const [, whole = '', fraction = '', exponent = '0'] = decimal.exec(text) ?? []
  const digits = (whole + fraction).replace(/^0+/, '')
  if (digits === '') return '0'
  const kept = digits.replace(/0+$/, '')
  return `${kept}e${Number(exponent) - fraction.length + digits.length - kept.length}`
}

/**
 * Whether decimal text (`12`, `.5`, `1e3`) says something else than the IEEE 754 double it parses to:
 * its value is not that of the double's shortest spelling, or it is an integer that the double is not
 * exactly (`100000000000000000000000`, which Python would keep). Text that is no decimal is not judged.
 */
export function losesDigits(text: string): boolean {
  if (!decimal.test(text)) return false
  const value = Number(text)
  if (!Number.isFinite(value)) return true
  if (Number.isSafeInteger(value) && /^\d{1,15}$/.test(text)) return false
  if (significant(text) !== significant(String(value))) return true
  return /^[+-]?\d+$/.test(text) && BigInt(text) !== BigInt(value)
}
