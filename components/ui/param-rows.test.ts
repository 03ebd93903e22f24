import { expect, it } from 'vitest'
import { asTable, membersOf } from './json-members'
import { countLeaves, isCompact } from './json-shape'
import { paramRows } from './param-rows'

const namesOf = (params: Record<string, unknown>, rule?: string[]) =>
  paramRows(params, rule).map(({ path, isOfRule }) => (isOfRule ? `${path} (rule)` : path))

it('names members as a condition would', () => {
  expect(namesOf({ order_id: 1, 'a.b': 1, 'x-y': 1, 'odd name': 1 })).toEqual([
    'order_id',
    '["a.b"]',
    'x-y',
    '["odd name"]',
  ])
  expect(membersOf([1, { b: 2 }], 'a').map(({ path }) => path)).toEqual(['a[0]', 'a[1]'])
})

it('puts those first that the rule fired on, and none that is not there', () => {
  expect(namesOf({ a: 1, b: 2, c: 3 }, ['c', 'toString', 'b'])).toEqual(['c (rule)', 'b (rule)', 'a'])
})

it('makes a table of objects of one shape alone', () => {
  expect(asTable([{ a: 1 }, { b: 'x' }])).toEqual({ columns: ['a', 'b'], rows: [{ a: 1 }, { b: 'x' }] })
  const long = { deep: { text: 'x'.repeat(100) } }
  for (const value of [
    [{ a: 1 }],
    [1, 2],
    [{ a: 1 }, [1]],
    [{ a: 1 }, null],
    [{}, {}],
    { a: 1 },
    [long, long],
  ])
    expect(asTable(value)).toBeUndefined()
  const wide = Object.fromEntries(Array.from({ length: 11 }, (_, at) => [`c${at}`, at]))
  expect(asTable([wide, wide])).toBeUndefined()
})

it('counts what is nested no further than asked', () => {
  expect(countLeaves({ a: [1, 2, { b: {} }], c: 'x' }, 10)).toBe(4)
  expect(
    countLeaves(
      Array.from({ length: 1000 }, () => [1, 2]),
      10,
    ),
  ).toBeGreaterThan(10)
  expect(isCompact({ a: 1 })).toBe(true)
  expect(isCompact({ a: 'x'.repeat(80) })).toBe(false)
})
