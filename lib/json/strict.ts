import { AppError } from '../errors'
import { Tokens } from './tokens'

/** Bounds of one body; whatever lies beyond is refused. */
export type JsonLimits = {
  /** Containers within each other, not counting the outermost: in a request body `params` is at depth 1. */
  depth: number
  /** Keys of all objects together. */
  keys: number
}

export type StrictJson = {
  value: unknown
  /** For an outermost object: the exact source text of each member's value. Has no prototype. */
  sources: Record<string, string>
}

/** What a body that binds may hold. */
export const publishedLimits: JsonLimits = { depth: 64, keys: 10_000 }

const mostRecordedDigits = 1000
/** What is recorded leniently keeps its containers to this depth; what lies deeper becomes a text of JSON. */
const recordedDepth = 256

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
 * means the same to every other reader, and every member is an own property of a plain object. Whole numbers of any
 * size are exact (`integerOf`); a decimal of up to 17 digits is its double. Time is about linear in the text;
 * recursion is bounded by `limits.depth`.
 * @param options 64 containers deep and 10,000 keys where not said otherwise; `recorded` names members of the
 * outermost object that only record: in them nothing that is JSON is refused or counted. There NUL and half
 * surrogates become marks such as `⟨U+0000⟩`, a decimal that no double keeps and a whole number of over 1,000 digits become the text of their literal, what
 * is nested more than 256 deep becomes its JSON as text, and of a key that stands twice the last counts
 * @throws AppError `malformed_body` with pointer, line and column (in characters, from 1) on: broken JSON,
 * duplicate keys, the key `__proto__`, NUL, lone surrogates, a decimal that no double keeps; `too_deep` and
 * `too_many_keys`, with the same
 */
export function parseStrict(
  text: string,
  { recorded = [], ...limits }: Partial<JsonLimits> & { recorded?: readonly string[] } = {},
): StrictJson {
  return new Reader(text, { ...publishedLimits, ...limits }, recorded).read()
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

  /** @param recorded the members that only record */
  constructor(
    text: string,
    private readonly limits: JsonLimits,
    private readonly recorded: readonly string[],
  ) {
    super(text)
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
        return this.isTooDeep(depth) ? this.deepText() : this.object(depth)
      case OPEN_BRACKET:
        return this.isTooDeep(depth) ? this.deepText() : this.array(depth)
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
    this.open()
    const object: Record<string, unknown> = {}
    if (this.code() === CLOSE_BRACE) return this.close(object)
    for (;;) {
      this.path[depth] = null
      const key = this.key(depth, object)
      this.skipBlanks()
      if (this.code() !== COLON) this.unexpected('a colon after the key')
      this.at++
      this.skipBlanks()
      if (depth > 0) setOwn(object, key, this.value(depth + 1))
      else this.member(object, key)
      this.skipBlanks()
      if (this.code() === CLOSE_BRACE) return this.close(object)
      if (this.code() !== COMMA) this.unexpected('a comma or a closing brace')
      this.at++
      this.skipBlanks()
    }
  }

  private array(depth: number): unknown[] {
    this.open()
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

  private member(object: Record<string, unknown>, key: string): void {
    const start = this.at
    const isRecorded = this.recorded.includes(key)
    this.isLenient ||= isRecorded
    if (isRecorded) this.mostDigits = mostRecordedDigits
    setOwn(object, key, this.value(1))
    if (isRecorded) {
      this.isLenient = false
      this.mostDigits = Infinity
    }
    this.sources[key] = this.text.slice(start, this.at)
  }

  private key(depth: number, object: object): string {
    const start = this.at
    if (this.code() !== QUOTE) this.unexpected('a key in double quotes')
    const key = this.string()
    this.path[depth] = key
    if (this.isLenient) return key
    const most = this.limits.keys
    if (++this.keys > most)
      this.beyond('too_many_keys', `The body has more than ${most.toLocaleString('en-US')} keys.`, start)
    if (key === '__proto__') this.fail('The key "__proto__" is not allowed.', start)
    if (Object.hasOwn(object, key)) this.fail('The same key stands twice in this object.', start)
    return key
  }

  /** @throws AppError where what is nested too deep is not to be kept as a text */
  private isTooDeep(depth: number): boolean {
    const { depth: most } = this.limits
    if (!this.isLenient) {
      if (depth > most) this.beyond('too_deep', `The body nests deeper than ${most} containers.`)
      return false
    }
    return depth > Math.max(most, recordedDepth)
  }

  /** Takes a container of any depth as the text of its JSON. */
  private deepText(): string {
    const start = this.at
    let open = 0
    do {
      const code = this.code()
      if (Number.isNaN(code)) this.unexpected('the end of what is open')
      if (code === QUOTE) this.string()
      else {
        if (code === OPEN_BRACE || code === OPEN_BRACKET) open++
        else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) open--
        this.at++
      }
    } while (open > 0)
    const text = this.text.slice(start, this.at)
    try {
      // V8 reads JSON without recursion, so of any depth.
      JSON.parse(text)
    } catch {
      this.fail('What is nested here is no JSON.', start)
    }
    return text
  }

  private open(): void {
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

/** As an own property, which an assignment to `__proto__` would not make. */
function setOwn(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') object[key] = value
  else Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
}
