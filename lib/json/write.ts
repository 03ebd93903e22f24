import { digitsOf } from './exact-number'

/**
 * JSON of a value as `JSON.stringify` writes it, with whole numbers beyond 2^53, which are bigints here, in full
 * digits. What JSON cannot carry is left away, as there.
 * @param indent blanks for each level; 0 writes one line
 */
export function writeJson(value: unknown, indent = 0): string {
  try {
    return JSON.stringify(value, null, indent)
  } catch (error) {
    // JSON.stringify refuses bigints; they are too rare to look for first.
    if (!(error instanceof TypeError)) throw error
    return write(value, ' '.repeat(indent), '') ?? 'null'
  }
}

/** A time and the like; `toJSON` that is no function is a key as any other. */
function hasOwnForm(value: object): boolean {
  return typeof (value as { toJSON?: unknown }).toJSON === 'function'
}

/** @param margin what a further line begins with */
function write(value: unknown, indent: string, margin: string): string | undefined {
  if (typeof value === 'bigint') return digitsOf(value)
  if (typeof value !== 'object' || value === null || hasOwnForm(value)) return JSON.stringify(value)
  const inner = margin + indent
  const list = (open: string, items: string[], close: string) => {
    if (items.length === 0) return open + close
    if (indent === '') return open + items.join() + close
    return `${open}\n${inner}${items.join(`,\n${inner}`)}\n${margin}${close}`
  }
  if (Array.isArray(value)) {
    return list(
      '[',
      value.map((item) => write(item, indent, inner) ?? 'null'),
      ']',
    )
  }
  const colon = indent === '' ? ':' : ': '
  const members = Object.entries(value).flatMap(([key, member]) => {
    const text = write(member, indent, inner)
    return text === undefined ? [] : [JSON.stringify(key) + colon + text]
  })
  return list('{', members, '}')
}

const utf8 = new TextEncoder()
const bytesOf = (text: string) => utf8.encode(text).length

/**
 * JSON of a value in at most `most` bytes of UTF-8, still JSON: texts end early, lists and objects lack their last
 * members. The first of what is there stays, in order. Linear in what stays.
 * @param most 2 or more
 */
export function cutJson(value: unknown, most: number): string {
  const cutter = new Cutter(most)
  cutter.take(value)
  return cutter.text
}

/** Writes one value after the other while there is room. */
class Cutter {
  text = ''
  private isFull = false

  constructor(private room: number) {}

  /** Writes what of the value has room; nothing where not even its least form has. */
  take(value: unknown): void {
    if (typeof value === 'string') return this.put(this.fitting(value))
    if (typeof value !== 'object' || value === null) return this.put(writeJson(value))
    const isList = Array.isArray(value)
    this.put(isList ? '[' : '{')
    this.room--
    let between = ''
    for (const key of Object.keys(value)) {
      const member = (value as Record<string, unknown>)[key]
      const before = between + (isList ? '' : `${JSON.stringify(key)}:`)
      if (bytesOf(before) + leastBytes(member) > this.room) this.isFull = true
      if (this.isFull) break
      this.put(before)
      this.take(member)
      between = ','
    }
    this.text += isList ? ']' : '}'
  }

  private put(text: string): void {
    this.room -= bytesOf(text)
    this.text += text
  }

  /** The first characters of a text, as many as have room, in quotes. */
  private fitting(text: string): string {
    const whole = utf8.encode(JSON.stringify(text))
    if (whole.length <= this.room) return JSON.stringify(text)
    this.isFull = true
    let end = this.room - 1
    while (((whole[end] ?? 0) & 0xc0) === 0x80) end--
    return `${withoutHalfEscape(new TextDecoder().decode(whole.subarray(0, end)))}"`
  }
}

/** The beginning of a text of JSON, without an escape that was cut within. */
function withoutHalfEscape(json: string): string {
  const last = json.lastIndexOf('\\')
  let run = 0
  while (json[last - run] === '\\') run++
  const length = json[last + 1] === 'u' ? 6 : 2
  return run % 2 === 1 && json.length - last < length ? json.slice(0, last) : json
}

/** What a value takes at least: empty quotes or brackets, or all of a number or word. */
function leastBytes(value: unknown): number {
  return typeof value === 'string' || (typeof value === 'object' && value !== null)
    ? 2
    : writeJson(value).length
}
