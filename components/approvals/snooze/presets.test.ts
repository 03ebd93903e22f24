import { expect, test } from 'vitest'
import { presetsOf } from './presets'

const now = Date.parse('2026-03-31T22:30:00Z')
const inMinutes = (minutes: number) => now + minutes * 60_000
const offered = (askedBefore: number, dueIn: number) =>
  presetsOf({ askedAt: inMinutes(-askedBefore), dueAt: inMinutes(dueIn) }, now, 'utc').map(
    ({ words, until, isLatest }) => [words, (until - now) / 60_000, isLatest],
  )

test.each([
  [
    'a week',
    0,
    7 * 1440,
    [
      ['15 min', 15, false],
      ['1 h', 60, false],
      ['Tomorrow', 630, false],
    ],
  ],
  [
    'two hours',
    0,
    120,
    [
      ['15 min', 15, false],
      ['1 h', 60, false],
      [null, 96, true],
    ],
  ],
  [
    'half an hour',
    0,
    30,
    [
      ['15 min', 15, false],
      [null, 24, true],
    ],
  ],
  ['a quarter, of which five minutes are over', 5, 10, [[null, 5, true]]],
  ['five minutes', 0, 5, []],
  ['an hour, of which a fifth is left', 48, 12, []],
])('of %s', (_, askedBefore, dueIn, presets) => {
  expect(offered(askedBefore, dueIn)).toEqual(presets)
})

test('the morning is of where the person is', () => {
  const of = { askedAt: now, dueAt: inMinutes(7 * 1440) }
  const here = new Date(presetsOf(of, now, 'local').at(-1)!.until)
  expect([here.getHours(), here.getMinutes()]).toEqual([9, 0])
  expect(here.getDate()).toBe(new Date(new Date(now).setDate(new Date(now).getDate() + 1)).getDate())
})
