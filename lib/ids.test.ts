import { expect, it, vi } from 'vitest'
import { isId, newId } from './ids'

it('ids sort in the order in which they were made, also within a millisecond and where the clock was set back', () => {
  const now = Date.now()
  const clock = vi.spyOn(Date, 'now')
  const ids = [now, now + 1, now - 60_000, now + 2].flatMap((at) => {
    clock.mockReturnValue(at)
    return Array.from({ length: 2500 }, () => newId('approval'))
  })
  clock.mockRestore()
  expect(ids).toEqual(ids.toSorted())
  expect(new Set(ids.map((id) => id.slice(-8))).size).toBe(ids.length)
  expect(ids.every((id) => isId('approval', id))).toBe(true)
})
