import { expect, test } from 'vitest'
import { mostAttempts, retryPauseMs } from './schedule'

test('waits 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h, then gives up', () => {
  const seconds = Array.from({ length: 10 }, (_, i) => retryPauseMs(i + 1, 0)).map((ms) => ms && ms / 1000)
  expect(seconds).toEqual([5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400, undefined])
  expect(mostAttempts).toBe(10)
})

test('adds up to a tenth', () => {
  expect(retryPauseMs(1, 1)).toBe(5500)
  for (let i = 0; i < 50; i++) {
    expect(retryPauseMs(2)).toBeGreaterThanOrEqual(300_000)
    expect(retryPauseMs(2)).toBeLessThanOrEqual(330_000)
  }
})
