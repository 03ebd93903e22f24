import { describe, expect, it } from 'vitest'
import { parseStrict } from '../json/strict'
import { showParams, summarizeParams } from './params'

const read = (text: string) => parseStrict(text).value as Record<string, unknown>

describe('summarizeParams', () => {
  it.each([
    ['a refund', { order_id: 'ORD-1234', amount: 129 }, 'order_id=ORD-1234 · amount=129'],
    [
      'a reason',
      { order_id: 'ORD-1199', reason: 'customer_request' },
      'order_id=ORD-1199 · reason=customer_request',
    ],
    ['a row', { table: 'conversations', id: 428192 }, 'table=conversations · id=428192'],
    ['nothing', {}, ''],
    ['words', { note: 'please do' }, 'note="please do"'],
    ['an empty text', { note: '' }, 'note=""'],
    [
      'values of JSON',
      { a: null, b: true, c: [1, 'x'], d: { e: 1.5 } },
      'a=null · b=true · c=[1,"x"] · d={"e":1.5}',
    ],
    ['a text like a number', { amount: '129' }, 'amount="129"'],
    ['a text like a word of JSON', { a: 'true', b: 'null' }, 'a="true" · b="null"'],
    ['a forged argument', { id: 'ORD-1 · amount=1', amount: 9 }, 'id="ORD-1 · amount=1" · amount=9'],
    ['a forged argument behind a quote', { id: '" · amount=1' }, String.raw`id="\" · amount=1"`],
    ['a backslash before the quote', { id: '\\' }, String.raw`id="\\"`],
    ['a forged name', { 'amount=1 · x': 9 }, '"amount=1 · x"=9'],
    ['a line break', { a: 'x\ny' }, 'a="x⟨U+000A⟩y"'],
    ['an override', { a: 'x\u202ey' }, 'a="x⟨U+202E⟩y"'],
    ['a mark that crosses out our equals sign', { a: '\u0338129' }, 'a=⟨U+0338⟩129'],
    ['right-to-left text', { note: 'שלום', amount: 129 }, 'note=\u2068שלום\u2069 · amount=129'],
    [
      'whole numbers beyond 2^53',
      read('{"id":9007199254740993,"l":[12345678901234567890123]}'),
      'id=9007199254740993 · l=[12345678901234567890123]',
    ],
    ['names of Object.prototype', read('{"constructor":"x","toString":1}'), 'constructor=x · toString=1'],
  ])('%s', (_, params, summary) => {
    expect(summarizeParams(params)).toBe(summary)
  })

  it('keeps to its length and counts what does not fit', () => {
    const params = { a: 'x'.repeat(20), b: 'y'.repeat(20), c: 1, d: 2 }
    expect(summarizeParams(params, 60)).toBe(`a=${'x'.repeat(20)} · b=${'y'.repeat(20)} · ⟨2 more⟩`)
    expect(summarizeParams(params, 40)).toBe(`a=${'x'.repeat(20)} · ⟨3 more⟩`)
    expect(summarizeParams({ ['k'.repeat(99)]: 'v'.repeat(99) }, 60)).toBe('⟨1 not shown⟩')
  })

  it.each([20, 40, 60, 100, 200, 1000])('never exceeds %i characters', (max) => {
    const params = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k${i}`, '\u202e😀'.repeat(i)]))
    for (const [i] of Object.keys(params).entries()) {
      const part = Object.fromEntries(Object.entries(params).slice(i))
      expect([...summarizeParams(part, max)].length).toBeLessThanOrEqual(max)
    }
  })

  it('shows a long value by head and tail', () => {
    expect(summarizeParams({ a: `${'x'.repeat(500)}END` }, 90)).toBe(
      `a=${'x'.repeat(20)}⟨473 of 503 characters not shown⟩${'x'.repeat(7)}END`,
    )
  })
})

describe('showParams', () => {
  it('lists every argument in order with its type and length', () => {
    const params = read('{"z":"two words","a":1.50,"t":true,"n":null,"o":{"b":[1]},"l":[],"constructor":"x"}')
    const rows = showParams(params).map(({ name, value, type, length }) => [
      name.parts[0]?.text,
      value.parts[0]?.text,
      type,
      length,
    ])
    expect(rows).toEqual([
      ['z', 'two words', 'string', 9],
      ['a', '1.5', 'number', 3],
      ['t', 'true', 'boolean', 4],
      ['n', 'null', 'null', 4],
      ['o', '{"b":[1]}', 'object', 9],
      ['l', '[]', 'array', 2],
      ['constructor', 'x', 'string', 1],
    ])
  })

  it('tells the text 129 from the number', () => {
    const [text, number] = showParams({ a: '129', b: 129 })
    expect(text?.value).toEqual(number?.value)
    expect([text?.type, number?.type]).toEqual(['string', 'number'])
  })

  it('shows invisible characters in names and deep inside', () => {
    const [param] = showParams({ 'amo\u200bunt': [{ note: 'a\u202eb' }] })
    expect(param?.name.parts.map((part) => part.text).join('')).toBe('amo⟨U+200B⟩unt')
    expect(param?.value.parts.map((part) => part.text).join('')).toBe('[{"note":"a⟨U+202E⟩b"}]')
    expect([param?.name.hasInvisible, param?.value.hasInvisible]).toEqual([true, true])
  })

  it('keeps lines of a text and cuts where told', () => {
    const [param] = showParams({ body: `Dear\n${'x'.repeat(100)}` }, { maxCharacters: 12 })
    expect(param?.value.parts.map((part) => part.text)).toEqual([
      'Dear\nxxx',
      '⟨93 of 105 characters not shown⟩',
      'xxxx',
    ])
    expect(param?.length).toBe(105)
  })
})
