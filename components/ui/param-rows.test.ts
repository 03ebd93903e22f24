import { expect, it } from 'vitest'
import { paramRows } from './param-rows'

const long = 'x'.repeat(90)

it.each([
  ['scalars', { a: 1, b: 'x', c: null, d: false }, ['a', 'b', 'c', 'd']],
  ['a short list stays whole', { tags: ['a', 'b'] }, ['tags']],
  [
    'a long list is opened',
    { items: [{ sku: long }, 2] },
    ['items[0]["sku"]'.replace('["sku"]', '.sku'), 'items[1]'],
  ],
  ['a long object is opened', { a: { b: { c: long }, d: 1 } }, ['a.b.c', 'a.d']],
  ['a dot in a name is not a path', { 'a.b': 1, a: { b: long } }, ['["a.b"]', 'a.b']],
  ['odd names within', { a: { 'x y': long } }, ['a["x y"]']],
  ['empty ones are seen', { a: {}, b: [] }, ['a', 'b']],
  ['no params', {}, []],
])('%s', (_, params, paths) =>
  expect(paramRows(params as Record<string, unknown>).map((row) => row.path)).toEqual(paths),
)

it('keeps every value', () => {
  const params = { a: { b: [long, { c: 2 }] }, d: 'e' }
  expect(paramRows(params)).toEqual([
    { path: 'a.b[0]', value: long },
    { path: 'a.b[1]', value: { c: 2 } },
    { path: 'd', value: 'e' },
  ])
})
