import * as say from '@/words/ui/duration'
import { clockLocales } from '@/words/language'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** A span in its largest one or two units: `45 s`, `5 min`, `2 h 5 min`, `3 d 4 h`. */
export function spanWords(ms: number): string {
  const rest = Math.max(0, ms)
  if (rest < second) return say.milliseconds(Math.round(rest))
  if (rest < minute) return say.seconds(Math.floor(rest / second))
  if (rest < hour) return say.minutes(Math.floor(rest / minute))
  if (rest < day) return say.hoursAndMinutes(Math.floor(rest / hour), Math.floor(rest / minute) % 60)
  return say.daysAndHours(Math.floor(rest / day), Math.floor(rest / hour) % 24)
}

/** As `spanWords`, to the second below ten minutes: `4 min 05 s`. */
export function exactSpanWords(ms: number): string {
  const rest = Math.max(0, ms)
  if (rest < minute || rest >= 10 * minute) return spanWords(rest)
  const seconds = Math.floor(rest / second)
  return say.minutesAndSeconds(Math.floor(seconds / 60), String(seconds % 60).padStart(2, '0'))
}

/** How long ago, short: `now`, `45s`, `5m`, `2h`, `3d`. */
export function ageWords(ms: number): string {
  if (ms < 5 * second) return say.briefAge.now
  if (ms < minute) return `${Math.floor(ms / second)}${say.briefAge.second}`
  if (ms < hour) return `${Math.floor(ms / minute)}${say.briefAge.minute}`
  if (ms < day) return `${Math.floor(ms / hour)}${say.briefAge.hour}`
  return `${Math.floor(ms / day)}${say.briefAge.day}`
}

/** `2026-01-31 12:00:05 UTC` */
export function utcWords(at: string | number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** How a person wants times: where they are or in UTC, by 24 hours or by 12. */
export type ClockChoice = { zone: 'local' | 'utc'; hours: '24' | '12' }

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf({ zone, hours }: ClockChoice, dateStyle: 'medium' | undefined): Intl.DateTimeFormat {
  const key = `${zone} ${hours} ${dateStyle}`
  const known = formats.get(key)
  if (known) return known
  const made = new Intl.DateTimeFormat(clockLocales[hours], {
    dateStyle,
    timeStyle: 'short',
    ...(zone === 'utc' && { timeZone: 'UTC' }),
  })
  formats.set(key, made)
  return made
}

/** The moment to the minute as the person wants it, `31 Jan 2026, 12:00`; where they are only for the browser. */
export function momentWords(at: string | number, choice: ClockChoice): string {
  const words = formatOf(choice, 'medium').format(new Date(at))
  return choice.zone === 'utc' ? `${words} UTC` : words
}

/** The same without the day, `12:00`. */
export function timeOfDayWords(at: string | number, choice: ClockChoice): string {
  const words = formatOf(choice, undefined).format(new Date(at))
  return choice.zone === 'utc' ? `${words} UTC` : words
}

/** The name of the zone that times are told in; of the person's own only in the browser. */
export function zoneWords({ zone }: Pick<ClockChoice, 'zone'>): string {
  return zone === 'utc' ? 'UTC' : new Intl.DateTimeFormat().resolvedOptions().timeZone
}
