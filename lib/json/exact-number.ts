/**
 * Whether a double is what a decimal says: it has at most 17 significant digits, as many as Java, PHP and others
 * print of a double (`0.1`, `4.50`, `0.10000000000000001` do; `1000.0000000000000001` does not), and neither
 * overflows (`1e400`) nor vanishes (`1e-400`). Linear in the length of the literal.
 * @param literal decimal text: a number by the grammar of RFC 8259, section 6, or one that starts or ends with a dot
 * @param value `Number(literal)`
 */
export function isKeptByDouble(literal: string, value: number): boolean {
  if (!Number.isFinite(value)) return false
  const digits = significantDigits(literal)
  return digits === 0 || (digits <= mostDigits && value !== 0)
}

/**
 * A whole number spelled without point and exponent, exactly: a bigint where a double might not keep it (beyond
 * 2^53 - 1), else a number. Every whole number beyond that is a bigint, so equal ones are the same to `===`. Costs
 * about n^1.2 for n digits, 50 ms for 256 kB of them, at the first time.
 */
export function integerOf(literal: string): number | bigint {
  const value = Number(literal)
  if (Number.isSafeInteger(value)) return value
  return literal.length < long ? BigInt(literal) : longIntegers.valueOf(literal)
}

/** The digits of a bigint, without the cost (130 ms for 256 kB) where it was read lately. */
export function digitsOf(value: bigint): string {
  return longIntegers.digitsOf(value) ?? String(value)
}

/** Digits from which turning text and number into each other costs more than a look into a map. */
const long = 1000
const mostKeptDigits = 4_000_000

/** Long whole numbers that were read lately: one call turns each of its own into text and back several times. */
class LongIntegers {
  private readonly values = new Map<string, bigint>()
  private readonly texts = new Map<bigint, string>()
  private keptDigits = 0

  valueOf(literal: string): bigint {
    const known = this.values.get(literal)
    if (known !== undefined) return known
    const value = BigInt(literal)
    for (const [text, oldest] of this.values) {
      if (this.keptDigits + literal.length <= mostKeptDigits) break
      this.values.delete(text)
      this.texts.delete(oldest)
      this.keptDigits -= text.length
    }
    // A slice would keep the whole body in memory.
    const text = JSON.parse(`"${literal}"`) as string
    this.values.set(text, value)
    this.texts.set(value, text)
    this.keptDigits += text.length
    return value
  }

  digitsOf(value: bigint): string | undefined {
    return this.texts.get(value)
  }
}

const longIntegers = new LongIntegers()

const mostDigits = 17

/** Digits between the first and the last that is not 0, both counted. */
function significantDigits(literal: string): number {
  let first = -1
  let last = -1
  let count = 0
  for (let at = 0; at < literal.length; at++) {
    const code = literal.charCodeAt(at)
    if (code === 0x65 || code === 0x45) break
    if (code < 0x30 || code > 0x39) continue
    if (code !== 0x30) {
      if (first < 0) first = count
      last = count
    }
    count++
  }
  return first < 0 ? 0 : last - first + 1
}
