import { z } from 'zod'
import { auditActions } from '@/lib/audit/actions'

export const auditPerPage = 50

/** The filters of the Audit page as its address has them; times are RFC 3339 in UTC. */
export type AuditQuery = { action?: string; actor?: string; target?: string; since?: string; until?: string }

/** A time as a date field sends it, without a zone and perhaps without seconds, counts as UTC. */
function withZone(text: string): string {
  const [, seconds] = /T\d\d:\d\d(:\d\d(?:\.\d+)?)?$/.exec(text) ?? [null, null]
  return seconds === null ? text : `${text}${seconds === undefined ? ':00' : ''}Z`
}

const moment = z
  .string()
  .max(40)
  .transform(withZone)
  .pipe(z.iso.datetime({ offset: true }))
  .transform((text) => new Date(text).toISOString())

const fields = {
  action: z.enum(auditActions),
  actor: z.string().trim().min(1).max(200),
  target: z.string().trim().min(1).max(200),
  since: moment,
  until: moment,
} as const

const names = ['action', 'actor', 'target', 'since', 'until'] as const

/** Reads the filters from the page's address; what is not one is left out. */
export function readAuditFilter(query: Record<string, string | string[] | undefined>): AuditQuery {
  const filter: AuditQuery = {}
  for (const name of names) {
    const read = fields[name].safeParse(query[name])
    if (read.success) filter[name] = read.data
  }
  return filter
}

/** The same filters as a query string without a leading `?`, for the page and for the API. */
export function writeAuditFilter(filter: AuditQuery): string {
  const query = new URLSearchParams()
  for (const name of names) {
    const value = filter[name]
    if (value !== undefined) query.set(name, value)
  }
  return query.toString()
}
