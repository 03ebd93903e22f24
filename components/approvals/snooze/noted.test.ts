import { expect, test } from 'vitest'
import { changedElsewhere, stillHolding } from './noted'

const [early, late] = ['2026-03-31T10:00:00.000Z', '2026-03-31T11:00:00.000Z']
const off = (id: string, until = early) => ({ approval_id: id, until })

test('what was noted holds until the server says otherwise', () => {
  const noted = new Map(Object.entries({ put: early, back: null, taken: early, again: null, longer: early }))
  const read = [off('put'), off('again'), off('longer', late)]
  expect([...stillHolding(noted, read).keys()]).toEqual(['put', 'back'])
  const all = new Map([['put', early]])
  expect(stillHolding(all, read)).toBe(all)
})

test.each([
  ['nothing', [off('a')], [off('a')], {}, false],
  ['a later end', [off('a')], [off('a', late)], {}, false],
  ['put off elsewhere', [], [off('a')], {}, true],
  ['taken back elsewhere', [off('a')], [], {}, true],
  ['put off here', [], [off('a')], { a: early }, false],
  ['taken back here', [off('a')], [], { a: null }, false],
  ['put off here, then taken back elsewhere', [off('a')], [], { a: early }, true],
  ['taken back here, then put off elsewhere', [], [off('a')], { a: null }, true],
])('tells what was changed elsewhere: %s', (_, before, items, noted, isChanged) => {
  expect(changedElsewhere(before, items, new Map(Object.entries(noted)))).toBe(isChanged)
})
