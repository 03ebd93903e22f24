import { expect, it } from 'vitest'
import { urgencyOf } from './urgency'

const s = 1000
const min = 60 * s
const h = 60 * min

it.each([
  ['a fresh hour', 59 * min, h, 'calm'],
  ['a quarter of an hour gone by', 16 * min, h, 'calm'],
  ['the last quarter of an hour', 14 * min, h, 'soon'],
  ['the last tenth of an hour', 5 * min, h, 'urgent'],
  ['the last two minutes of ten', 119 * s, 10 * min, 'urgent'],
  ['the last five minutes of ten', 299 * s, 10 * min, 'soon'],
  ['a fresh half minute', 29 * s, 30 * s, 'calm'],
  ['half of half a minute', 14 * s, 30 * s, 'urgent'],
  ['the last day of a week', 24 * h, 7 * 24 * h, 'soon'],
  ['the deadline itself', 0, h, 'over'],
  ['after it', -1, h, 'over'],
])('%s', (_, left, whole, urgency) => expect(urgencyOf(left, whole)).toBe(urgency))
