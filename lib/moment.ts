import { z } from 'zod'

const first = Date.UTC(1970, 0, 1)
const last = Date.UTC(9999, 0, 1)
/** The same for whoever reads our schemas; what is beyond comes from libraries that check `date-time`. */
const years = /^(19[7-9]\d|[2-8]\d{3}|9[0-8]\d\d|99[0-8]\d|999[0-8])-/

/**
 * A moment as text, RFC 3339 with a zone, from 1970 to the end of 9998 in UTC: beyond, Date and PostgreSQL write the
 * same moment in ways that the other does not read.
 * @param example for the refusal
 */
export function MomentText(example = '2026-01-31T12:00:00Z') {
  const error = `A time as RFC 3339, such as ${example}.`
  return z.iso
    .datetime({ offset: true, error, abort: true })
    .refine((text) => {
      const at = Date.parse(text)
      return at >= first && at < last
    }, 'A time from 1970 to 9998.')
    .meta({ format: 'date-time', pattern: years.source })
}
