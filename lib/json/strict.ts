import { AppError } from '../errors'
import { Tokens } from './tokens'

/** Bounds of one body; whatever lies beyond is refused. */
export type JsonLimits = {
  /** Containers within each other, not counting the outermost: in a request body `params` is at depth 1. */
  depth: number
  /** Keys of all objects together. */
  keys: number
  /** Characters (code points) of any one string, keys too. */
  stringCharacters: number
}

export type StrictJson = {
  value: unknown
  /** For an outermost object: the exact source text of each member's value. Has no prototype. */
  sources: Record<string, string>
}

const publishedLimits: JsonLimits = { depth: 32, keys: 1000, stringCharacters: 65_536 }

/** Refuses malformed UTF-8 and takes one byte order mark away (RFC 8259, section 8.1). */
const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * The text of a body.
 * @throws AppError `malformed_body` where the bytes are not UTF-8
 */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch (cause) {
    const detail = 'The body is not valid UTF-8.'
    throw new AppError('malformed_body', detail, { errors: [{ pointer: '', detail }], cause })
  }
}

/**
 * Reads JSON without any loss (RFC 8259, and I-JSON of RFC 7493 where that is stricter): what is accepted
 * means the same to every other reader, and every member is an own property of a plain object.
 * Time is linear in the text; recursion is bounded by `limits.depth`.
 * @param limits 32 containers deep, 1,000 keys and 65,536 characters in a string where not said otherwise
 * @throws AppError `malformed_body` with pointer, line and column (in characters, from 1) on: broken JSON,
 * duplicate keys, the key `__proto__`, NUL, lone surrogates, a number that a double would change, and
 * whatever is beyond the limits
 */
export function parseStrict(text: string, limits: Partial<JsonLimits> = {}): StrictJson {
  return new Reader(text, { ...publishedLimits, ...limits }).read()
}

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const SMALL_F = 0x66
const SMALL_N = 0x6e
const SMALL_T = 0x74
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d

class Reader extends Tokens {
  private keys = 0
  private readonly sources: Record<string, string> = Object.create(null) as Record<string, string>

  constructor(
    text: string,
    private readonly limits: JsonLimits,
  ) {
    super(text, limits.stringCharacters)
  }

  read(): StrictJson {
    this.skipBlanks()
    const value = this.value(0)
    this.skipBlanks()
    if (this.at < this.text.length) this.unexpected('the end of the body')
    return { value, sources: this.sources }
  }

  private value(depth: number): unknown {
    switch (this.code()) {
      case QUOTE:
        return this.string()
      case OPEN_BRACE:
        return this.object(depth)
      case OPEN_BRACKET:
        return this.array(depth)
      case SMALL_T:
        return this.word('true', true)
      case SMALL_F:
        return this.word('false', false)
      case SMALL_N:
        return this.word('null', null)
      default:
        return this.number()
    }
  }

  private object(depth: number): Record<string, unknown> {
    this.open(depth)
    const object: Record<string, unknown> = {}
    if (this.code() === CLOSE_BRACE) return this.close(object)
    for (;;) {
      this.path[depth] = null
      const key = this.key(depth, object)
      this.skipBlanks()
      if (this.code() !== COLON) this.unexpected('a colon after the key')
      this.at++
      this.skipBlanks()
      const start = this.at
      object[key] = this.value(depth + 1)
      if (depth === 0) this.sources[key] = this.text.slice(start, this.at)
      this.skipBlanks()
      if (this.code() === CLOSE_BRACE) return this.close(object)
      if (this.code() !== COMMA) this.unexpected('a comma or a closing brace')
      this.at++
      this.skipBlanks()
    }
  }

  private array(depth: number): unknown[] {
    this.open(depth)
    const array: unknown[] = []
    if (this.code() === CLOSE_BRACKET) return this.close(array)
    for (;;) {
      this.path[depth] = array.length
      array.push(this.value(depth + 1))
      this.skipBlanks()
      if (this.code() === CLOSE_BRACKET) return this.close(array)
      if (this.code() !== COMMA) this.unexpected('a comma or a closing bracket')
      this.at++
      this.skipBlanks()
    }
  }

  private key(depth: number, object: object): string {
    const start = this.at
    if (this.code() !== QUOTE) this.unexpected('a key in double quotes')
    const key = this.string()
    this.path[depth] = key
    if (++this.keys > this.limits.keys) this.fail(`More than ${this.limits.keys} keys.`, start)
    if (key === '__proto__') this.fail('The key "__proto__" is not allowed.', start)
    if (Object.hasOwn(object, key)) this.fail('The same key stands twice in this object.', start)
    return key
  }

  private open(depth: number): void {
    if (depth > this.limits.depth) this.fail(`Nested more than ${this.limits.depth} deep.`)
    this.path.push(null)
    this.at++
    this.skipBlanks()
  }

  private close<T>(container: T): T {
    this.path.pop()
    this.at++
    return container
  }
}
