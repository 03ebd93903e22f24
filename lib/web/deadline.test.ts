import { afterEach, expect, test, vi } from 'vitest'
import { withBodyDeadline, withDeadline } from './deadline'

afterEach(() => vi.useRealTimers())

const never = () => new Promise<never>(() => {})

test('a database that does not answer is named as such, a body that does not come is not', async () => {
  vi.useFakeTimers()
  const database = expect(withDeadline(never())).rejects.toMatchObject({ code: 'unavailable', status: 503 })
  await vi.advanceTimersByTimeAsync(4500)
  await database
  const body = expect(withBodyDeadline(never())).rejects.toMatchObject({
    code: 'body_too_slow',
    status: 408,
    headers: { Connection: 'close' },
  })
  await vi.advanceTimersByTimeAsync(30_000)
  await body
})
