import { z } from 'zod'
import { auditActions } from '@/lib/audit/actions'
import { MomentText } from '@/lib/moment'
import { pageQuery, type Search } from '@/lib/http/input'

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
  .pipe(MomentText())
  .transform((text) => new Date(text).toISOString())

export const auditFields = {
  action: z.enum(auditActions),
  actor: z.string().trim().max(200),
  target: z.string().trim().max(200),
  since: moment,
  until: moment,
} as const

const names = ['action', 'actor', 'target', 'since', 'until'] as const

/** Reads the filters from the page's address; what is not one is left out. */
export function readAuditFilter(search: Search): AuditQuery {
  return pageQuery(auditFields, search).query
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
