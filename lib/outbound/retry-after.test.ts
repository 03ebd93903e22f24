import { describe, expect, test } from 'vitest'
import { parseHttpDate, retryAfterMs } from './retry-after'

const now = Date.UTC(2026, 10, 29, 8, 0, 0)
const asked = (value: string) => retryAfterMs({ 'retry-after': value }, now)

describe('retryAfterMs', () => {
  test.each([
    ['nothing at all', ''],
    ['words', 'soon'],
    ['a negative number', '-5'],
    ['a number with a unit', '5s'],
    ['hex', '0x10'],
    ['an exponent', '1e3'],
    ['a date of ISO 8601', '2026-11-29T08:01:00Z'],
    ['a date without its zone', 'Sun, 29 Nov 2026 08:01:00'],
    ['a date in another zone', 'Sun, 29 Nov 2026 08:01:00 CET'],
    ['a day that is none', 'Sun, 31 Nov 2026 08:01:00 GMT'],
    ['an hour that is none', 'Sun, 29 Nov 2026 25:01:00 GMT'],
    ['a date with something behind it', 'Sun, 29 Nov 2026 08:01:00 GMT; 5'],
  ])('leaves %s alone', (_, value) => expect(asked(value)).toBeUndefined())

  test.each([
    ['seconds', '120', 120_000],
    ['no seconds', '0', 0],
    ['blanks around', ' 7 ', 7000],
    ['parts of a second', '0.65', 650],
    ['IMF-fixdate', 'Sun, 29 Nov 2026 08:02:00 GMT', 120_000],
    ['RFC 850', 'Sunday, 29-Nov-26 08:02:00 GMT', 120_000],
    ['asctime', 'Sun Nov 29 08:02:00 2026', 120_000],
    ['a date that is past', 'Sun, 29 Nov 2026 07:00:00 GMT', 0],
    ['an hour', '3600', 3_600_000],
    ['more than an hour', '86400', 3_600_000],
    ['a number beyond all bounds', '9'.repeat(400), 3_600_000],
    ['a date next year', 'Mon, 29 Nov 2027 08:02:00 GMT', 3_600_000],
  ])('reads %s', (_, value, ms) => expect(asked(value)).toBe(ms))

  test('takes the longer of what two headers ask for', () => {
    expect(retryAfterMs({ 'retry-after': '1', 'x-ratelimit-reset-after': '1.25' }, now)).toBe(1250)
    expect(retryAfterMs({ 'retry-after': 'x', 'x-ratelimit-reset-after': '0.3' }, now)).toBe(300)
    expect(retryAfterMs({}, now)).toBeUndefined()
  })
})

test('a date is read by the clock that wrote it, else by ours, else not at all', () => {
  const value = 'Sun, 29 Nov 2026 08:02:00 GMT'
  expect(retryAfterMs({ 'retry-after': value, date: 'Sun, 29 Nov 2026 08:01:30 GMT' }, now)).toBe(30_000)
  expect(retryAfterMs({ 'retry-after': value, date: 'today' }, now)).toBe(120_000)
  expect(retryAfterMs({ 'retry-after': value })).toBeUndefined()
  expect(retryAfterMs({ 'retry-after': '5' })).toBe(5000)
})

describe('parseHttpDate', () => {
  test('asctime’s day of one digit, and a leap day', () => {
    expect(parseHttpDate('Sun Nov  1 08:02:00 2026', now)).toBe(Date.UTC(2026, 10, 1, 8, 2))
    expect(parseHttpDate('Tue, 29 Feb 2028 00:00:00 GMT', now)).toBe(Date.UTC(2028, 1, 29))
  })

  test('two digits of a year are at most 50 years ahead', () => {
    expect(parseHttpDate('Sunday, 06-Nov-76 08:49:37 GMT', now)).toBe(Date.UTC(2076, 10, 6, 8, 49, 37))
    expect(parseHttpDate('Sunday, 06-Nov-94 08:49:37 GMT', now)).toBe(Date.UTC(1994, 10, 6, 8, 49, 37))
  })
})
