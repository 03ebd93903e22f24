import { expect, it } from 'vitest'
import type { SeenApproval } from '@/lib/approvals/schemas'
import { neighbourOf, nextOf, placeOf } from './next-request'

const rows = ['a', 'b', 'c', 'd'].map(
  (id) => ({ id, status: id === 'b' ? 'approved' : 'pending' }) as SeenApproval,
)
const isPendingTab = true

it('goes to the next that waits, and from the last to the first', () => {
  expect(nextOf(rows, { id: 'a', lastAt: 0, isPendingTab })).toBe('c')
  expect(nextOf(rows, { id: 'a', lastAt: 0, isPendingTab: false })).toBe('b')
  expect(nextOf(rows, { id: 'd', lastAt: 3, isPendingTab })).toBe('a')
  expect(nextOf([], { id: 'd', lastAt: 3, isPendingTab })).toBeUndefined()
})

it('keeps the place of a request that left the rows', () => {
  expect(nextOf(rows, { id: 'gone', lastAt: 3, isPendingTab })).toBe('d')
  expect(nextOf(rows, { id: 'gone', lastAt: 4, isPendingTab })).toBe('a')
  expect(neighbourOf(rows, { id: 'gone', lastAt: 2 }, 1)?.id).toBe('c')
  expect(neighbourOf(rows, { id: 'gone', lastAt: 2 }, -1)?.id).toBe('b')
  expect(neighbourOf(rows, { id: 'c', lastAt: 0 }, 1)?.id).toBe('d')
  expect(neighbourOf(rows, { id: 'a', lastAt: 0 }, -1)).toBeUndefined()
})

it('says the place among all that there are, and none where it is not known', () => {
  expect(placeOf(rows, 'c', 2997)).toBe('3 of 2,997')
  expect(placeOf(rows, 'd', 3)).toBe('4 of 4')
  expect(placeOf(rows, 'gone', 4)).toBeNull()
  expect(placeOf(rows, 'a', undefined)).toBeNull()
})
