import { z } from 'zod'

const minuteMs = 60_000
const dayMinutes = 1440
const dayMs = dayMinutes * minuteMs

/** The days of the week as people's settings name them, Sunday first. */
export const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const
export type Weekday = (typeof weekdays)[number]

const mostPeriods = 3
/** Of each week, so much is left in which somebody can be told. */
const leastFreeMinutes = 60

const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'A time of day, such as 22:00.')

const Period = z.strictObject({
  /** On which it begins. */
  days: z
    .array(z.enum(weekdays))
    .min(1, 'Choose a day.')
    .transform((days) => weekdays.filter((day) => days.includes(day))),
  from: TimeOfDay,
  /** Not after `from` is on the next day. */
  to: TimeOfDay,
})
type Period = z.infer<typeof Period>

export const QuietHours = z.strictObject({
  zone: z.string().max(64).refine(isZone, 'A time zone of the IANA database, such as Europe/Zurich.'),
  periods: z
    .array(Period)
    .max(mostPeriods, `At most ${mostPeriods} periods.`)
    .refine((periods) => freeMinutes(periods) >= leastFreeMinutes, 'Leave at least an hour of the week.'),
})
/** When a person is not to be disturbed, by the clock of where they are; without periods, never. */
export type QuietHours = z.infer<typeof QuietHours>

/** Reads what the database keeps; null where nothing is. */
export function readQuietHours(kept: string | null): QuietHours | null {
  return kept === null ? null : (JSON.parse(kept) as QuietHours)
}

/** Names only: an offset such as `+02:00` knows no summer time. */
function isZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** How many minutes of a week are in no period. */
function freeMinutes(periods: readonly Period[]): number {
  const week = new Uint8Array(7 * dayMinutes)
  for (const { days, from, to } of periods) {
    for (const day of days) {
      const begin = weekdays.indexOf(day) * dayMinutes + minutesOf(from)
      for (let at = 0; at < lengthOf(from, to); at++) week[(begin + at) % week.length] = 1
    }
  }
  return week.reduce((free, isQuiet) => free - isQuiet, week.length)
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
}

/** In minutes of the clock; the same time twice is a whole day. */
function lengthOf(from: string, to: string): number {
  return ((minutesOf(to) - minutesOf(from) + dayMinutes - 1) % dayMinutes) + 1
}

/** Periods that follow each other are one; more than these in a row a week does not have. */
const mostInARow = 30

/**
 * When the quiet hours end that last at a moment, with those that follow at once; null where none last. Times are
 * those of the clock in the zone: one that is skipped comes that much later, one that comes twice is the first.
 */
export function quietUntil(hours: QuietHours | null, now: Date): Date | null {
  if (hours === null || hours.periods.length === 0) return null
  const clock = clockOf(hours.zone)
  let until = now.getTime()
  for (let i = 0; i < mostInARow; i++) {
    const end = endOf(hours.periods, clock, until)
    if (end === null) break
    until = end
  }
  return until === now.getTime() ? null : new Date(until)
}

function endOf(periods: readonly Period[], clock: Clock, at: number): number | null {
  const today = Math.floor((at + clock.offsetAt(at)) / dayMs) * dayMs
  for (const day of [today, today - dayMs]) {
    const name = weekdays[new Date(day).getUTCDay()]
    for (const { days, from, to } of periods) {
      if (name === undefined || !days.includes(name)) continue
      const begin = day + minutesOf(from) * minuteMs
      const end = clock.momentOf(begin + lengthOf(from, to) * minuteMs)
      if (clock.momentOf(begin) <= at && at < end) return end
    }
  }
  return null
}

/** Moments in milliseconds since 1970; what a wall shows as if that were UTC. */
type Clock = { offsetAt: (moment: number) => number; momentOf: (wall: number) => number }

function clockOf(timeZone: string): Clock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const offsetAt = (moment: number) => {
    const shown = Object.fromEntries(
      format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]),
    )
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = shown
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(moment / 1000) * 1000
  }
  const momentOf = (wall: number) => {
    const offsets = [offsetAt(wall - dayMs), offsetAt(wall + dayMs)]
    const [most, least] = [Math.max(...offsets), Math.min(...offsets)]
    const early = wall - most
    return offsetAt(early) === most ? early : wall - least
  }
  return { offsetAt, momentOf }
}
