const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** A span in its largest one or two units: `45 s`, `5 min`, `2 h 5 min`, `3 d 4 h`. */
export function spanWords(ms: number): string {
  const rest = Math.max(0, ms)
  if (rest < second) return `${Math.round(rest)} ms`
  if (rest < minute) return `${Math.floor(rest / second)} s`
  if (rest < hour) return `${Math.floor(rest / minute)} min`
  if (rest < day) return twoUnits(Math.floor(rest / minute), 60, 'h', 'min')
  return twoUnits(Math.floor(rest / hour), 24, 'd', 'h')
}

/** As `spanWords`, to the second below ten minutes: `4 min 05 s`. */
export function exactSpanWords(ms: number): string {
  const rest = Math.max(0, ms)
  if (rest < minute || rest >= 10 * minute) return spanWords(rest)
  const seconds = Math.floor(rest / second)
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`
}

function twoUnits(small: number, per: number, largeUnit: string, smallUnit: string): string {
  const large = Math.floor(small / per)
  return small % per === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small % per} ${smallUnit}`
}

/** How long ago, short: `now`, `45s`, `5m`, `2h`, `3d`. */
export function ageWords(ms: number): string {
  if (ms < 5 * second) return 'now'
  if (ms < minute) return `${Math.floor(ms / second)}s`
  if (ms < hour) return `${Math.floor(ms / minute)}m`
  if (ms < day) return `${Math.floor(ms / hour)}h`
  return `${Math.floor(ms / day)}d`
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
  const made = new Intl.DateTimeFormat(hours === '24' ? 'en-GB' : 'en-US', {
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
