import { z } from 'zod'
import { auditActions } from '@/lib/audit/actions'
import { readAudit, requireAuditReader } from '@/lib/audit/read'
import { AuditEntry } from '@/lib/audit/schemas'
import { fieldsOf, paging, queryMoment } from '@/lib/http/query'
import { resource, route } from '@/lib/http/route'

const ListQuery = z.strictObject({
  ...paging,
  action: z.enum(auditActions, 'An action of the log, such as `approval.approved`.').optional(),
  actor: z.string().max(200).optional(),
  target: z.string().max(200).optional(),
  since: queryMoment.optional(),
  until: queryMoment.optional(),
  fields: fieldsOf(AuditEntry.keyof().options, 'id'),
})

const list = route({ query: ListQuery, access: requireAuditReader }, ({ ctx, query: { fields, ...query } }) =>
  readAudit(ctx, query, fields),
)

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: list })
