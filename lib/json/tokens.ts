import { AppError } from '../errors'
import { countCharacters, isHighSurrogate, isLowSurrogate } from './characters'
import { isExactNumber } from './exact-number'

const QUOTE = 0x22
const MINUS = 0x2d
const DOT = 0x2e
const ZERO = 0x30
const BACKSLASH = 0x5c
const SMALL_E = 0x65
const SMALL_U = 0x75

const nul = 'The character NUL (U+0000) is not allowed.'
const loneSurrogate = 'A text holds half of a surrogate pair.'

/**
 * Reads the tokens of RFC 8259 one after the other and says where and why one is refused.
 * Every method throws AppError `malformed_body`.
 */
export class Tokens {
  protected at = 0
  /** Key or index in each open container; null before the key is known. */
  protected readonly path: (string | number | null)[] = []

  constructor(
    protected readonly text: string,
    private readonly stringCharacters: number,
  ) {}

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
    for (;;) {
      const code = text.charCodeAt(at)
      if (code === QUOTE) break
      if (code === BACKSLASH) {
        at = this.escape(at)
        hasEscape = true
      } else if ((code & 0xf800) === 0xd800) {
        if (!isHighSurrogate(code) || !isLowSurrogate(text.charCodeAt(at + 1))) this.fail(loneSurrogate, at)
        at += 2
      } else if (code >= 0x20) at++
      else this.brokenString(code, at)
    }
    this.at = at + 1
    const value = hasEscape ? (JSON.parse(text.slice(start, at + 1)) as string) : text.slice(start + 1, at)
    const limit = this.stringCharacters
    if (value.length > limit && countCharacters(value) > limit) {
      this.fail(`A text has more than ${limit} characters.`, start)
    }
    return value
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
    if (unit === 0) this.fail(nul, at)
    if ((unit & 0xf800) !== 0xd800) return at + 6
    const hasPair = isHighSurrogate(unit) && text.startsWith('\\u', at + 6)
    if (!hasPair || !isLowSurrogate(this.fourHexDigits(at + 8))) this.fail(loneSurrogate, at)
    return at + 12
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

  protected number(): number {
    const start = this.at
    if (this.code() === MINUS) this.at++
    else if (!isDigit(this.code())) this.unexpected('a value')
    if (this.code() === ZERO) this.at++
    else this.digits()
    if (this.code() === DOT) {
      this.at++
      this.digits()
    }
    const hasExponent = (this.code() | 0x20) === SMALL_E
    if (hasExponent) {
      this.at++
      if (this.text[this.at] === '+' || this.text[this.at] === '-') this.at++
      this.digits()
    }
    const literal = this.text.slice(start, this.at)
    const value = Number(literal)
    // A double keeps any 15 digits, so that only longer literals and those with an exponent need a look.
    if ((hasExponent || literal.length > 15) && !isExactNumber(literal, value)) {
      const shown = literal.length > 40 ? `${literal.slice(0, 40)}…` : literal
      const fate = Number.isFinite(value) ? `would change to ${value}` : 'is beyond the range of a double'
      this.fail(`The number ${shown} ${fate}: send it as text.`, start)
    }
    return value
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
    throw new AppError('malformed_body', `The body is not acceptable JSON. ${detail}`, { errors: [issue] })
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
