import { describe, expect, it } from 'vitest'
import { cutJson, writeJson } from './write'

describe('writeJson', () => {
  it.each<[string, unknown, string]>([
    ['a number of 40 digits', 10n ** 40n, '10000000000000000000000000000000000000000'],
    ['one in a list', [9007199254740993n, 1], '[9007199254740993,1]'],
    ['one in an object', { a: { b: -9007199254740993n }, c: 'x' }, '{"a":{"b":-9007199254740993},"c":"x"}'],
    ['the key __proto__ beside one', JSON.parse('{"__proto__":[1],"a":1}'), '{"__proto__":[1],"a":1}'],
    [
      'what JSON leaves away beside one',
      { a: undefined, b: [undefined, 10n ** 20n] },
      `{"b":[null,1${'0'.repeat(20)}]}`,
    ],
    ['the key toJSON beside one', { toJSON: 1, n: 10n ** 20n }, `{"toJSON":1,"n":1${'0'.repeat(20)}}`],
    ['a time beside one', [new Date(0), 10n ** 20n], `["1970-01-01T00:00:00.000Z",1${'0'.repeat(20)}]`],
  ])('%s', (_, value, text) => {
    expect(writeJson(value)).toBe(text)
  })

  it('indents as JSON.stringify does', () => {
    const value = { a: [1, { b: [] }, {}], c: { d: 'x' } }
    const withLarge = { ...value, n: 10n ** 20n }
    const plain = JSON.stringify({ ...value, n: 'N' }, null, 2).replace('"N"', `1${'0'.repeat(20)}`)
    expect(writeJson(withLarge, 2)).toBe(plain)
  })
})

describe('cutJson', () => {
  const values: [string, unknown][] = [
    ['a text', 'x'.repeat(1000)],
    ['a text of escapes', '\n"\\'.repeat(300)],
    ['a text of characters of four bytes', '😀'.repeat(300)],
    ['a list', Array.from({ length: 500 }, (_, i) => i)],
    ['an object', Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`key ${i}`, 'é'.repeat(i)]))],
    ['what is nested', { a: [{ b: ['x'.repeat(900), 1] }, 2], c: 3 }],
    ['a large number last', ['x'.repeat(80), 10n ** 90n]],
  ]
  it.each(values)('%s ends within its room, and stays JSON', (_, value) => {
    for (const most of [2, 3, 7, 16, 50, 99, 100, 101, 150]) {
      const text = cutJson(value, most)
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(most)
      expect(typeof JSON.parse(text)).toBe(typeof value)
      expect(text).not.toMatch(/\\ud[89a-f]/)
    }
    expect(cutJson(value, 100_000)).toBe(writeJson(value))
  })

  it('fills its room', () => {
    expect(cutJson('x'.repeat(1000), 100)).toBe(`"${'x'.repeat(98)}"`)
    expect(cutJson([1, 2, 3, 4], 6)).toBe('[1,2]')
    expect(cutJson({ a: 'xyz', b: 1 }, 10)).toBe('{"a":"xy"}')
  })

  it('takes no longer for what is nested deep', () => {
    let value: unknown = 'x'.repeat(1_000_000)
    for (let i = 0; i < 256; i++) value = [value]
    expect(cutJson(value, 1000)).toBe('['.repeat(256) + `"${'x'.repeat(486)}"` + ']'.repeat(256))
  })
})
