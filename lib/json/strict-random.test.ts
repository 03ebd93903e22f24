import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from 'vitest'
import { AppError } from '../errors'
import { readJson } from './read'
import { parseStrict } from './strict'

/** Mulberry32: the same numbers from 0 to 1 for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Texts of random JSON, in the many spellings that its grammar has. */
class Writer {
  private readonly random: () => number

  constructor(seed: number) {
    this.random = randomFrom(seed)
  }

  below(n: number): number {
    return Math.floor(this.random() * n)
  }

  pick(items: string[] | string): string {
    return items[this.below(items.length)]!
  }

  repeat(max: number, item: () => string, between = ''): string {
    return Array.from({ length: this.below(max + 1) }, item).join(between)
  }

  blanks(): string {
    return this.below(3) > 0 ? '' : this.repeat(3, () => this.pick(' \t\n\r'))
  }

  string(): string {
    const characters = [
      ...'abc é€\u2028\u202e',
      '😀',
      '\\n',
      '\\/',
      '\\"',
      '\\\\',
      '\\u00e9',
      '\\uD83D\\ude00',
    ]
    return `"${this.repeat(6, () => this.pick(characters))}"`
  }

  digits(max: number): string {
    return this.pick('0123456789') + this.repeat(max, () => this.pick('0123456789'))
  }

  number(): string {
    const whole = this.below(3) === 0 ? '0' : this.pick('123456789') + this.repeat(18, () => this.digits(0))
    const fraction = this.below(2) === 0 ? '' : `.${this.digits(12)}`
    const exponent = this.below(3) > 0 ? '' : this.pick('eE') + this.pick(['', '+', '-']) + this.digits(2)
    return this.pick(['', '-']) + whole + fraction + exponent
  }

  value(depth: number): string {
    const kind = this.below(depth > 0 ? 7 : 4)
    const inner = () => this.blanks() + this.value(depth - 1) + this.blanks()
    if (kind === 0) return this.pick(['true', 'false', 'null'])
    if (kind === 1) return this.string()
    if (kind < 4) return this.number()
    if (kind === 4) return `[${this.repeat(5, inner, ',') || this.blanks()}]`
    const member = () => `${this.blanks()}${this.string()}${this.blanks()}:${inner()}`
    return `{${this.repeat(5, member, ',') || this.blanks()}}`
  }

  mutate(text: string): string {
    const from = this.below(text.length + 1)
    const to = from + this.below(3)
    const inserted = this.repeat(2, () => this.pick('{}[]:,"\\0129.-+eE \ntruefalsn\u0000\ud83d_'))
    return text.slice(0, from) + inserted + text.slice(to)
  }
}

/** Whether a number literal is a whole number, or a decimal of at most 17 digits within the range of doubles. */
function isKept(literal: string): boolean {
  if (/^-?\d+$/.test(literal)) return true
  const value = Number(literal)
  const digits = literal
    .replace(/e.*/i, '')
    .replace(/[-.]/g, '')
    .replace(/^0+|0+$/g, '')
  return digits === '' || (Number.isFinite(value) && value !== 0 && digits.length <= 17)
}

/** A value as JSON.parse has it: numbers are doubles. */
function rounded(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(rounded)
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, rounded(one)]))
}

/** Whether JSON holds what the strict reader refuses, found by patterns over the text instead of reading it. */
function isLossy(text: string): boolean {
  const numbers = text.replace(/"(?:[^"\\]|\\.)*"/g, '""').match(/-?\d[\d.eE+-]*/g) ?? []
  const pairs = /\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}/g
  const unpaired = text.replace(/\\[^u]/g, ' ').replace(pairs, ' ')
  return !numbers.every(isKept) || /\p{Surrogate}|\\u0000|\\u[dD][89a-fA-F]/u.test(unpaired)
}

/** Whether an object of JSON has a key twice: JSON.parse then keeps fewer members than there are colons. */
function hasDuplicate(text: string): boolean {
  const colons = text.replace(/"(?:[^"\\]|\\.)*"/g, '""').split(':').length - 1
  let members = 0
  JSON.parse(text, function (this: unknown, key, value: unknown) {
    if (key !== '' && !Array.isArray(this)) members++
    return value
  })
  return members < colons
}

function read(parse: () => unknown): { value?: unknown; refused?: string } {
  try {
    return { value: parse() }
  } catch (error) {
    if (error instanceof AppError) return { refused: error.errors![0]!.detail }
    if (error instanceof SyntaxError) return { refused: error.message }
    throw error
  }
}

type Verdict = 'same value' | 'refused by both' | 'refused as lossy' | 'refused as duplicate' | 'WRONG'

/** How the strict reader's answer relates to that of JSON.parse; WRONG where the two may not differ so. */
function judge(text: string): Verdict {
  const strict = read(() => parseStrict(text).value)
  const loose = read(() => JSON.parse(text))
  if (strict.refused === undefined) {
    const isSame = loose.refused === undefined && isDeepStrictEqual(rounded(strict.value), loose.value)
    return isSame && !isLossy(text) ? 'same value' : 'WRONG'
  }
  if (loose.refused !== undefined) return 'refused by both'
  if (strict.refused.includes('twice')) return hasDuplicate(text) ? 'refused as duplicate' : 'WRONG'
  return isLossy(text) ? 'refused as lossy' : 'WRONG'
}

/** Counts verdicts over random texts; the texts judged WRONG are kept. */
function tally(rounds: number, write: () => string): { wrong: string[]; counts: Map<Verdict, number> } {
  const wrong: string[] = []
  const counts = new Map<Verdict, number>()
  for (let i = 0; i < rounds; i++) {
    const text = write()
    const verdict = judge(text)
    counts.set(verdict, (counts.get(verdict) ?? 0) + 1)
    if (verdict === 'WRONG') wrong.push(text)
  }
  return { wrong, counts }
}

describe('against JSON.parse', () => {
  it('agrees on 10,000 random texts, but for what is refused on purpose', () => {
    const writer = new Writer(20260731)
    const { wrong, counts } = tally(10_000, () => writer.blanks() + writer.value(4) + writer.blanks())
    expect(wrong).toEqual([])
    expect(counts.has('refused by both')).toBe(false)
    expect(counts.get('same value')).toBeGreaterThan(1000)
    expect(counts.get('refused as lossy')).toBeGreaterThan(1000)
    expect(counts.get('refused as duplicate')).toBeGreaterThan(100)
  })

  it('accepts nothing that JSON.parse refuses, over 25,000 damaged texts', () => {
    const writer = new Writer(8259)
    const { wrong, counts } = tally(25_000, () => writer.mutate(writer.value(3)))
    expect(wrong).toEqual([])
    expect(counts.get('refused by both')).toBeGreaterThan(1000)
    expect(counts.get('same value')).toBeGreaterThan(1000)
    expect(counts.get('refused as lossy')).toBeGreaterThan(1000)
  })

  it('keeps for each member a source that reads as its value', () => {
    const writer = new Writer(4)
    const wrong: string[] = []
    let members = 0
    for (let i = 0; i < 5000; i++) {
      const text = `{"a":${writer.blanks()}${writer.value(3)}${writer.blanks()},"b":${writer.value(2)}}`
      if (judge(text) !== 'same value') continue
      const { value, sources } = parseStrict(text)
      for (const [key, member] of Object.entries(value as object)) {
        const source = sources[key]!
        members++
        if (!text.includes(source) || !isDeepStrictEqual(readJson(source), member)) wrong.push(text)
      }
    }
    expect(wrong).toEqual([])
    expect(members).toBeGreaterThan(1000)
  })
})
