import { describe, expect, test } from 'vitest'
import { median, percentile } from './statistics'

describe('the median', () => {
  test.each([
    ['of one', [7], 7],
    ['of three in any order', [30, 10, 20], 20],
    ['of an even number is between the two in the middle', [4, 1, 3, 2], 2.5],
    ['is by value, not by spelling', [9, 10, 100], 10],
  ])('%s', (_, values, wanted) => expect(median(values)).toBe(wanted))

  test('of none is no number, so that it is not taken for a result', () => {
    expect(median([])).toBeNaN()
    expect(percentile([], 0.5)).toBeNaN()
  })

  test('leaves the values in their order', () => {
    const values = [3, 1, 2]
    median(values)
    expect(values).toEqual([3, 1, 2])
  })
})

test('a percentile is the smallest value that so many do not exceed', () => {
  const hundred = Array.from({ length: 100 }, (_, at) => 100 - at)
  expect(percentile(hundred, 0.95)).toBe(95)
  expect(percentile(hundred, 0.99)).toBe(99)
  expect(percentile(hundred, 1)).toBe(100)
  expect(percentile([5, 6], 0.5)).toBe(5)
  expect(percentile([5], 0.01)).toBe(5)
})
