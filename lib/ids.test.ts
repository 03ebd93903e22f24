import { expect, it } from 'vitest'
import { isId, newId } from './ids'

it('ids sort in the order in which they were made, also within a millisecond, and cannot be told from each other', () => {
  const ids = [1_700_000_000_000, 1_700_000_000_001].flatMap((now) =>
    Array.from({ length: 5000 }, () => newId('approval', now)),
  )
  expect(ids).toEqual(ids.toSorted())
  expect(new Set(ids.map((id) => id.slice(-8))).size).toBe(ids.length)
  expect(ids.every((id) => isId('approval', id))).toBe(true)
})
