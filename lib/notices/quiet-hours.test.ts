import { describe, expect, it } from 'vitest'
import { QuietHours, quietUntil, weekdays, type Weekday } from './quiet-hours'

const night = (zone = 'Europe/Zurich', days: Weekday[] = [...weekdays]): QuietHours => ({
  zone,
  periods: [{ days, from: '22:00', to: '07:00' }],
})
const until = (hours: QuietHours | null, now: string) =>
  quietUntil(hours, new Date(now))?.toISOString() ?? null

describe('when quiet hours end', () => {
  it.each<[string, string, string | null]>([
    ['before them', '2026-01-14T20:59:59.999Z', null],
    ['as they begin', '2026-01-14T21:00:00Z', '2026-01-15T06:00:00.000Z'],
    ['after midnight', '2026-01-15T02:00:00Z', '2026-01-15T06:00:00.000Z'],
    ['as they end', '2026-01-15T06:00:00Z', null],
    ['in summer, an hour earlier by UTC', '2026-07-14T20:00:00Z', '2026-07-15T05:00:00.000Z'],
    ['over the night that loses an hour', '2026-03-28T21:00:00Z', '2026-03-29T05:00:00.000Z'],
    ['over the night that has one more', '2026-10-24T20:00:00Z', '2026-10-25T06:00:00.000Z'],
  ])('%s', (_name, now, end) => expect(until(night(), now)).toBe(end))

  it.each<[string, string, string, string | null]>([
    ['a beginning that is skipped is an hour later', '02:30', '2026-03-29T01:29:00Z', null],
    ['and lasts from there', '02:30', '2026-03-29T01:30:00Z', '2026-03-29T04:00:00.000Z'],
    ['one that comes twice is the first', '02:30', '2026-10-25T00:30:00Z', '2026-10-25T05:00:00.000Z'],
  ])('%s', (_name, from, now, end) => {
    const hours = { zone: 'Europe/Zurich', periods: [{ days: [...weekdays], from, to: '06:00' }] }
    expect(until(hours, now)).toBe(end)
  })

  it.each<[string, string, string]>([
    ['Asia/Kolkata', '2026-01-14T17:00:00Z', '2026-01-15T01:30:00.000Z'],
    ['Pacific/Chatham', '2026-01-14T09:00:00Z', '2026-01-14T17:15:00.000Z'],
    ['America/Los_Angeles', '2026-01-15T07:00:00Z', '2026-01-15T15:00:00.000Z'],
    ['Australia/Lord_Howe', '2026-04-04T12:00:00Z', '2026-04-04T20:30:00.000Z'],
    ['UTC', '2026-01-15T00:00:00Z', '2026-01-15T07:00:00.000Z'],
  ])('by the clock of %s', (zone, now, end) => expect(until(night(zone), now)).toBe(end))

  it('are of the days on which they begin', () => {
    const fridays = night('Europe/Zurich', ['fri'])
    expect(until(fridays, '2026-01-16T22:00:00Z')).toBe('2026-01-17T06:00:00.000Z')
    expect(until(fridays, '2026-01-17T02:00:00Z')).toBe('2026-01-17T06:00:00.000Z')
    expect(until(fridays, '2026-01-16T02:00:00Z')).toBeNull()
    expect(until(fridays, '2026-01-17T22:00:00Z')).toBeNull()
  })

  it('go on where one follows another: nights and whole weekends', () => {
    const days: Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri']
    const hours: QuietHours = {
      zone: 'Europe/Zurich',
      periods: [
        { days, from: '22:00', to: '07:00' },
        { days: ['sat', 'sun'], from: '00:00', to: '00:00' },
        { days: ['mon'], from: '00:00', to: '07:00' },
      ],
    }
    expect(until(hours, '2026-01-16T21:00:00Z')).toBe('2026-01-19T06:00:00.000Z')
    expect(until(hours, '2026-01-19T05:59:00Z')).toBe('2026-01-19T06:00:00.000Z')
    expect(until(hours, '2026-01-19T06:00:00Z')).toBeNull()
  })

  it('there are none where nothing is kept, or no period', () => {
    expect(until(null, '2026-01-15T02:00:00Z')).toBeNull()
    expect(until({ zone: 'UTC', periods: [] }, '2026-01-15T02:00:00Z')).toBeNull()
  })

  it('ends each night of two years at seven by the clock, whatever the clock does', () => {
    const format = new Intl.DateTimeFormat('en-GB', { timeZone: 'America/New_York', timeStyle: 'short' })
    const ends = Array.from({ length: 730 }, (_, day) =>
      quietUntil(night('America/New_York'), new Date(Date.UTC(2026, 0, 1 + day, 8))),
    )
    expect(new Set(ends.map((end) => end && format.format(end)))).toEqual(new Set(['07:00']))
  })
})

describe('what is no setting', () => {
  const period = night().periods[0]!
  it.each<[string, unknown, string]>([
    ['a zone that is none', { ...night(), zone: 'Mars/Olympus' }, 'zone'],
    ['an offset, which knows no summer', { ...night(), zone: '+02:00' }, 'zone'],
    ['no zone', { ...night(), zone: '' }, 'zone'],
    ['no day', { ...night(), periods: [{ ...period, days: [] }] }, 'periods.0.days'],
    ['a time that is none', { ...night(), periods: [{ ...period, to: '24:00' }] }, 'periods.0.to'],
    ['too many periods', { ...night(), periods: Array(4).fill(period) }, 'periods'],
    ['the whole week', { ...night(), periods: [{ ...period, from: '00:00', to: '00:00' }] }, 'periods'],
    ['all but 35 minutes of it', { zone: 'UTC', periods: [allButMinutes()] }, 'periods'],
  ])('%s', (_name, input, place) => {
    const { error } = QuietHours.safeParse(input)
    expect(error?.issues.map(({ path }) => path.join('.'))).toEqual([place])
  })

  it('days are kept once each, in their order', () => {
    const days: Weekday[] = ['wed', 'mon', 'wed']
    expect(QuietHours.parse({ zone: 'UTC', periods: [{ ...period, days }] }).periods[0]?.days).toEqual([
      'mon',
      'wed',
    ])
  })
})

/** Each day from 00:05 to 00:00: of the week 35 minutes are left. */
function allButMinutes() {
  return { days: [...weekdays], from: '00:05', to: '00:00' }
}
