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

let localFormat: Intl.DateTimeFormat | undefined

/** The moment where the reader is, with the zone's name; only for the browser. */
export function localWords(at: string | number): string {
  localFormat ??= new Intl.DateTimeFormat(undefined, {
    dateStyle: 'medium',
    timeStyle: 'long',
  })
  return localFormat.format(new Date(at))
}

let localTimeFormat: Intl.DateTimeFormat | undefined

/** The time of the day where the reader is, `14:05`; only for the browser. */
export function localTimeWords(at: string | number): string {
  localTimeFormat ??= new Intl.DateTimeFormat(undefined, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  return localTimeFormat.format(new Date(at))
}
