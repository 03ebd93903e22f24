const dayMs = 86_400_000

type Zone = 'local' | 'utc'

/** When a day such as `2026-11-30` begins for the reader. */
export function dayStarts(day: string, zone: Zone): string {
  return new Date(`${day}T00:00:00${zone === 'utc' ? 'Z' : ''}`).toISOString()
}

/** When it is over: the first moment of the next, also where a day has 23 or 25 hours. */
export function dayEnds(day: string, zone: Zone): string {
  const next = new Date(Date.parse(`${day}T00:00:00Z`) + dayMs).toISOString().slice(0, 10)
  return dayStarts(next, zone)
}
