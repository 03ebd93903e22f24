import { expect, test } from 'vitest'
import { spanWords } from '../ui/duration'
import { timeMarks } from './time-marks'

test.each([
  [189_000, ['0 ms', '1 min', '2 min', '3 min']],
  [19, ['0 ms', '5 ms', '10 ms', '15 ms']],
  [4200, ['0 ms', '1 s', '2 s', '3 s', '4 s']],
  [3 * 3_600_000, ['0 ms', '30 min', '1 h', '1 h 30 min', '2 h', '2 h 30 min', '3 h']],
  [4 * 86_400_000, ['0 ms', '1 d', '2 d', '3 d', '4 d']],
])('an axis of %i ms is marked at whole units', (total, words) => {
  expect(timeMarks(total).map(spanWords)).toEqual(words)
})

test('whatever its length, the marks say exactly where they are, and are few', () => {
  for (let total = 1; total < 2e11; total = Math.ceil(total * 1.37)) {
    const marks = timeMarks(total)
    expect(marks.length).toBeGreaterThanOrEqual(2)
    expect(marks.length).toBeLessThanOrEqual(7)
    expect(new Set(marks.map(spanWords)).size).toBe(marks.length)
    expect(marks.at(-1)).toBeLessThanOrEqual(total)
  }
})
