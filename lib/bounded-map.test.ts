import { expect, test } from 'vitest'
import { setBounded } from './bounded-map'

test('a full map loses what was set first, and nothing for a key that it has', () => {
  const map = new Map<string, number>()
  for (const [key, value] of Object.entries({ a: 1, b: 2, a2: 3 })) setBounded(map, key, value, 2)
  setBounded(map, 'b', 4, 2)
  expect([...map]).toEqual([
    ['b', 4],
    ['a2', 3],
  ])
})
