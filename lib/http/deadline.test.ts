import { afterEach, expect, test, vi } from 'vitest'
import { withBodyDeadline, withDeadline } from './deadline'

afterEach(() => vi.useRealTimers())

/** What work that never ends fails with, and after how long at most. */
async function failure(deadline: (work: Promise<never>) => Promise<never>, ms: number): Promise<unknown> {
  vi.useFakeTimers()
  const work = deadline(new Promise<never>(() => {})).catch((error: unknown) => error)
  await vi.advanceTimersByTimeAsync(ms)
  return work
}

test('a database that does not answer is named as such', async () => {
  expect(await failure((work) => withDeadline(work), 4500)).toMatchObject({
    code: 'unavailable',
    status: 503,
  })
})

test('a body that does not come is the caller’s', async () => {
  const error = await failure(withBodyDeadline, 30_000)
  expect(error).toMatchObject({ code: 'body_too_slow', status: 408, headers: { Connection: 'close' } })
})
