import { z } from 'zod'
import { auditActions } from '@/lib/audit/actions'
import { MomentText } from '@/lib/moment'
import type { FilterOf } from '../ui/use-filter'

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

/** The filters of the Audit page as its address has them; times are RFC 3339 in UTC. */
export const auditFields = {
  action: z.enum(auditActions),
  actor: z.string().trim().max(200),
  target: z.string().trim().max(200),
  since: moment,
  until: moment,
}
export type AuditFilter = FilterOf<typeof auditFields>
