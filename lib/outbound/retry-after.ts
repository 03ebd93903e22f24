const longestMs = 60 * 60 * 1000

/**
 * How long a receiver asks to be left alone: `Retry-After` in seconds or as a date of any of HTTP's three forms
 * (RFC 9110, 10.2.3), or Discord's finer `X-RateLimit-Reset-After`, whichever is longer; an hour at most.
 * @param headers by lower-case names; a date is compared with the answer's own
 * @param ownNow milliseconds since 1970, for an answer without a date
 * @returns milliseconds, or undefined where nothing readable is asked for
 */
export function retryAfterMs(
  headers: Record<string, string | string[] | undefined>,
  ownNow?: number,
): number | undefined {
  const told = Date.parse(String(headers.date))
  const now = Number.isNaN(told) ? ownNow : told
  const asked = [headers['retry-after'], headers['x-ratelimit-reset-after']]
    .map((value) => pauseOf(value, now))
    .filter((pause) => pause !== undefined)
  return asked.length === 0 ? undefined : Math.min(longestMs, Math.max(...asked))
}

function pauseOf(value: string | string[] | undefined, now: number | undefined): number | undefined {
  if (typeof value !== 'string') return undefined
  const text = value.trim()
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000)
  if (now === undefined) return undefined
  const at = parseHttpDate(text, now)
  return at === undefined ? undefined : Math.max(0, at - now)
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const month = `(?<month>${months.join('|')})`
const time = String.raw`(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)`
const forms = [
  new RegExp(String.raw`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?<day>\d\d) ${month} (?<year>\d{4}) ${time} GMT$`),
  new RegExp(
    String.raw`^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<day>\d\d)-${month}-(?<year>\d\d) ${time} GMT$`,
  ),
  new RegExp(String.raw`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ${month} (?<day>[ \d]\d) ${time} (?<year>\d{4})$`),
]

/**
 * A date as HTTP writes it (RFC 9110, 5.6.7): IMF-fixdate, RFC 850's, or asctime's.
 * @param now a year of two digits that would be more than 50 years after it is one of the past
 * @returns milliseconds since 1970, or undefined for anything else
 */
export function parseHttpDate(text: string, now: number): number | undefined {
  const parts = forms.map((form) => form.exec(text)?.groups).find((groups) => groups !== undefined)
  if (!parts) return undefined
  const [day, hour, minute, second] = ['day', 'hour', 'minute', 'second'].map((name) => Number(parts[name]))
  const year = parts.year?.length === 2 ? fullYear(Number(parts.year), now) : Number(parts.year)
  const at = new Date(0)
  at.setUTCFullYear(year, months.indexOf(parts.month ?? ''), day)
  at.setUTCHours(hour ?? 0, minute, second)
  const isReal = at.getUTCDate() === day && at.getUTCHours() === hour && at.getUTCMinutes() === minute
  return isReal ? at.getTime() : undefined
}

function fullYear(year: number, now: number): number {
  const thisYear = new Date(now).getUTCFullYear()
  const inThisCentury = thisYear - (thisYear % 100) + year
  return inThisCentury > thisYear + 50 ? inThisCentury - 100 : inThisCentury
}
