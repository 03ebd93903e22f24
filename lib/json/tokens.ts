import { AppError, type ErrorCode } from '../errors'
import { countCharacters, isHighSurrogate, isLowSurrogate } from './characters'
import { integerOf, isKeptByDouble } from './exact-number'

const QUOTE = 0x22
const MINUS = 0x2d
const DOT = 0x2e
const ZERO = 0x30
const BACKSLASH = 0x5c
const SMALL_E = 0x65
const SMALL_U = 0x75

const nul = 'The character NUL (U+0000) is not allowed.'
const loneSurrogate = 'A text holds half of a surrogate pair.'

/** What PostgreSQL or some reader of JSON does not take: NUL and halves of surrogate pairs. */
const oddCharacters = /\0|\p{Surrogate}/gu

/**
 * Reads the tokens of RFC 8259 one after the other and says where and why one is refused.
 * Every method throws AppError `malformed_body`.
 */
export class Tokens {
  protected at = 0
  /**
   * Whether what stands here only records: then nothing that is JSON is refused. NUL and half surrogates become
   * marks such as `⟨U+0000⟩`, a decimal that no double keeps and a whole number of more than 1,000 digits become the
   * text of their literal.
   */
  protected isLenient = false
  /** A longer whole number becomes text where it only records: nothing is worked out with it, and it can be cut. */
  protected mostDigits = Infinity
  /** Whether the text in hand has characters to mark. */
  private isOdd = false
  /** Key or index in each open container; null before the key is known. */
  protected readonly path: (string | number | null)[] = []

  constructor(protected readonly text: string) {}

  /** The UTF-16 code under the cursor, NaN at the end. */
  protected code(): number {
    return this.text.charCodeAt(this.at)
  }

  protected skipBlanks(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return
      this.at++
    }
  }

  protected word<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) this.unexpected('a value')
    this.at += word.length
    return value
  }

  protected string(): string {
    const { text } = this
    const start = this.at
    let at = start + 1
    let hasEscape = false
    this.isOdd = false
    for (;;) {
      const code = text.charCodeAt(at)
      if (code === QUOTE) break
      if (code === BACKSLASH) {
        at = this.escape(at)
        hasEscape = true
      } else if ((code & 0xf800) === 0xd800) {
        const isPair = isHighSurrogate(code) && isLowSurrogate(text.charCodeAt(at + 1))
        if (!isPair) this.odd(loneSurrogate, at)
        at += isPair ? 2 : 1
      } else if (code >= 0x20) at++
      else this.brokenString(code, at)
    }
    this.at = at + 1
    const value = hasEscape ? (JSON.parse(text.slice(start, at + 1)) as string) : text.slice(start + 1, at)
    return this.isOdd ? value.replace(oddCharacters, (odd) => `⟨${codePointName(odd.charCodeAt(0))}⟩`) : value
  }

  /** @throws AppError where it is not to be marked instead */
  private odd(detail: string, at: number): void {
    if (!this.isLenient) this.fail(detail, at)
    this.isOdd = true
  }

  private brokenString(code: number, at: number): never {
    if (Number.isNaN(code)) this.fail('The body ends within a text.', at)
    if (code === 0) this.fail(nul, at)
    this.fail(`The control character ${codePointName(code)} must be escaped in a text.`, at)
  }

  /** Checks the escape at a position and returns the position after it. */
  private escape(at: number): number {
    const { text } = this
    if (text.charCodeAt(at + 1) !== SMALL_U) {
      if (at + 1 < text.length && '"\\/bfnrt'.includes(text.charAt(at + 1))) return at + 2
      this.fail('A backslash in a text starts none of the escapes of JSON.', at)
    }
    const unit = this.fourHexDigits(at + 2)
    if (unit === 0) this.odd(nul, at)
    if ((unit & 0xf800) !== 0xd800) return at + 6
    const hasMore = isHighSurrogate(unit) && text.startsWith('\\u', at + 6)
    if (hasMore && isLowSurrogate(this.fourHexDigits(at + 8))) return at + 12
    this.odd(loneSurrogate, at)
    return at + 6
  }

  private fourHexDigits(at: number): number {
    let unit = 0
    for (let i = at; i < at + 4; i++) {
      const code = this.text.charCodeAt(i)
      const small = code | 0x20
      if (isDigit(code)) unit = unit * 16 + code - ZERO
      else if (small >= 0x61 && small <= 0x66) unit = unit * 16 + small - 0x57
      else this.fail('An escape \\u needs four hexadecimal digits.', at - 2)
    }
    return unit
  }

  protected number(): number | bigint | string {
    const start = this.at
    if (this.code() === MINUS) this.at++
    else if (!isDigit(this.code())) this.unexpected('a value')
    if (this.code() === ZERO) this.at++
    else this.digits()
    let isInteger = true
    if (this.code() === DOT) {
      isInteger = false
      this.at++
      this.digits()
    }
    if ((this.code() | 0x20) === SMALL_E) {
      isInteger = false
      this.at++
      if (this.text[this.at] === '+' || this.text[this.at] === '-') this.at++
      this.digits()
    }
    const literal = this.text.slice(start, this.at)
    if (isInteger) return literal.length > this.mostDigits ? literal : integerOf(literal)
    const value = Number(literal)
    if (isKeptByDouble(literal, value)) return value
    return this.isLenient ? literal : this.lostNumber(literal, value, start)
  }

  private lostNumber(literal: string, value: number, at: number): never {
    const shown = literal.length > 40 ? `${literal.slice(0, 40)}…` : literal
    if (value === 0 || !Number.isFinite(value)) {
      this.fail(`The number ${shown} is beyond the range of a double: send it as text.`, at)
    }
    this.fail(
      `The number ${shown} has more than 17 digits and would change to ${value}: send it as text.`,
      at,
    )
  }

  private digits(): void {
    if (!isDigit(this.code())) this.unexpected('a digit')
    while (isDigit(this.code())) this.at++
  }

  protected unexpected(expected: string): never {
    const found = this.text.codePointAt(this.at)
    if (found === undefined) this.fail(`The body ends where ${expected} is expected.`)
    if (found === 0) this.fail(nul)
    const isPlain = found > 0x20 && found < 0x7f
    this.fail(
      `Found ${isPlain ? String.fromCodePoint(found) : codePointName(found)} where ${expected} is expected.`,
    )
  }

  protected fail(detail: string, at = this.at): never {
    this.refuse('malformed_body', `The body is not acceptable JSON. ${detail}`, detail, at)
  }

  /** Says of the body as a whole that it is beyond a limit. */
  protected beyond(code: 'too_deep' | 'too_many_keys', detail: string, at = this.at): never {
    this.refuse(code, detail, detail, at)
  }

  private refuse(code: ErrorCode, message: string, detail: string, at: number): never {
    let line = 1
    let start = 0
    for (let i = 0; i < at; i++) {
      const code = this.text.charCodeAt(i)
      if (code === 0x0a || (code === 0x0d && this.text.charCodeAt(i + 1) !== 0x0a)) {
        line++
        start = i + 1
      }
    }
    const column = countCharacters(this.text.slice(start, at)) + 1
    const issue = { pointer: this.pointer(), detail, line, column }
    throw new AppError(code, message, { errors: [issue] })
  }

  /** RFC 6901 pointer to the member in hand, or to a container of it where keys are very long. */
  private pointer(): string {
    let pointer = ''
    for (const step of this.path) {
      if (step === null) break
      const longer = `${pointer}/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`
      if (longer.length > 1000) break
      pointer = longer
    }
    return pointer
  }
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= 0x39
}

function codePointName(code: number): string {
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
}
