import { afterEach, expect, it, vi } from 'vitest'
import { dayEnds, dayStarts } from './days'

afterEach(() => vi.unstubAllEnvs())

it('takes whole days, as long as they are where the reader is', () => {
  expect([dayStarts('2026-11-30', 'utc'), dayEnds('2026-12-31', 'utc')]).toEqual([
    '2026-11-30T00:00:00.000Z',
    '2027-01-01T00:00:00.000Z',
  ])
  vi.stubEnv('TZ', 'Europe/Berlin')
  // the day on which clocks go back has 25 hours
  expect([dayStarts('2026-10-25', 'local'), dayEnds('2026-10-25', 'local')]).toEqual([
    '2026-10-24T22:00:00.000Z',
    '2026-10-25T23:00:00.000Z',
  ])
})
