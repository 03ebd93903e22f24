import { describe, expect, it } from 'vitest'
import { readJson } from '@/lib/json/read'
import { writeJson } from '@/lib/json/write'
import { applyTyped, editFields, readTyped, typedOf, type Places } from './fields'

const params = readJson(
  '{"amount":2400,"rate":1.5,"note":"hi","paid":true,"none":null,"account":12345678901234567890,"items":[{"qty":1,"sku":"a"},{"qty":2,"sku":"b"}],"a/b":"c"}',
) as Record<string, unknown>

const pointers = (places: Places, schema: Record<string, unknown> | null = null) =>
  editFields(params, places, schema).map(({ pointer }) => pointer)

describe('what may be changed', () => {
  it('is every value but null, or what the policy names and what lies below', () => {
    expect(pointers(true)).toEqual([
      '/amount',
      '/rate',
      '/note',
      '/paid',
      '/account',
      '/items/0/qty',
      '/items/0/sku',
      '/items/1/qty',
      '/items/1/sku',
      '/a~1b',
    ])
    expect(pointers(['/amount', '/items/*/qty', '/a~1b'])).toEqual([
      '/amount',
      '/items/0/qty',
      '/items/1/qty',
      '/a~1b',
    ])
    expect(pointers(['/gone'])).toEqual([])
  })

  it('is said by the schema: labels, choices, bounds, one schema that stands elsewhere', () => {
    const schema = {
      type: 'object',
      properties: {
        amount: { title: 'Amount in EUR', type: 'number', minimum: 0, maximum: 5000 },
        note: { enum: ['hi', 'bye'] },
        items: { type: 'array', items: { $ref: '#/$defs/item' } },
      },
      $defs: { item: { properties: { sku: { oneOf: [{ const: 'a', title: 'Apple' }] } } } },
    }
    const fields = editFields(params, ['/amount', '/note', '/items/0/sku'], schema)
    expect(fields.map(({ title, hint, kind, choices }) => [title, hint, kind, choices])).toEqual([
      ['Amount in EUR', 'From 0 to 5000.', 'decimal', []],
      [
        null,
        null,
        'choice',
        [
          { json: '"hi"', title: 'hi' },
          { json: '"bye"', title: 'bye' },
        ],
      ],
      [null, null, 'choice', [{ json: '"a"', title: 'Apple' }]],
    ])
  })
})

describe('what was typed', () => {
  const fields = editFields(params, true, null)
  const field = (pointer: string) => fields.find((one) => one.pointer === pointer)!

  it.each([
    ['/amount', '1200', 1200],
    ['/amount', ' -7 ', -7],
    ['/account', '98765432109876543210', 98765432109876543210n],
    ['/rate', '2', 2],
    ['/rate', '2.25', 2.25],
    ['/paid', 'false', false],
    ['/note', ' 12 ', ' 12 '],
    ['/note', '', ''],
  ])('%s as %s keeps its type', (pointer, text, value) => {
    expect(readTyped(field(pointer), text)).toEqual({ value })
  })

  it.each([
    ['/amount', '12.5', /whole number/],
    ['/amount', '', /whole number/],
    ['/amount', '1}', /whole number/],
    ['/amount', '007', /exactly/],
    ['/rate', '0.1234567890123456789', /exactly/],
    ['/rate', 'NaN', /A number/],
  ])('%s as %s is refused', (pointer, text, words) => {
    expect(readTyped(field(pointer), text)).toMatchObject({ error: expect.stringMatching(words) as string })
  })

  it('changes exactly the places that it names', () => {
    const typed = { '/amount': '1200', '/items/1/qty': '5', '/note': 'hi', '/rate': 'x' }
    const { params: edited, changes, errors } = applyTyped(params, fields, typed)
    expect(changes.map(({ pointer, from, to }) => [pointer, from, to])).toEqual([
      ['/amount', 2400, 1200],
      ['/items/1/qty', 2, 5],
    ])
    expect(Object.keys(errors)).toEqual(['/rate'])
    expect(writeJson(edited)).toBe(writeJson(params).replace('2400', '1200').replace('"qty":2', '"qty":5'))
  })

  it('changes nothing by what every field says already', () => {
    const typed = Object.fromEntries(fields.map((one) => [one.pointer, typedOf(one)]))
    expect(applyTyped(params, fields, typed)).toMatchObject({ params, changes: [], errors: {} })
  })
})
