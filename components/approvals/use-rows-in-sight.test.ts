import { expect, it } from 'vitest'
import { rangeOf } from './use-rows-in-sight'

const height = 440
const rowHeight = 44

it.each([
  ['the top', 0, 3000, { from: 0, to: 22 }],
  ['the middle', 44 * 1000, 3000, { from: 988, to: 1022 }],
  ['between two rows', 44 * 1000 + 20, 3000, { from: 988, to: 1023 }],
  ['the end', 44 * 2990, 3000, { from: 2978, to: 3000 }],
  ['few rows', 0, 5, { from: 0, to: 5 }],
  ['rows that became fewer', 44 * 2990, 5, { from: 4, to: 5 }],
  ['no row', 0, 0, { from: 0, to: 0 }],
])('draws what is in sight at %s', (_, top, count, range) =>
  expect(rangeOf({ top, height, rowHeight }, count)).toEqual(range),
)

it('draws one of a list that is out of sight', () =>
  expect(rangeOf({ top: 0, height: 0, rowHeight }, 3000)).toEqual({ from: 0, to: 12 }))
