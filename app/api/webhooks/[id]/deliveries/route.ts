import { z } from 'zod'
import { requireRole } from '@/lib/context'
import { pathId } from '@/lib/http/path-id'
import { fieldsOf, paging } from '@/lib/http/query'
import { resource, route } from '@/lib/http/route'
import { readDeliveries } from '@/lib/webhooks/read'
import { Delivery } from '@/lib/webhooks/schemas'

const ListQuery = z.strictObject({ ...paging, fields: fieldsOf(Delivery.keyof().options, 'id') })

const list = route(
  { query: ListQuery, access: (ctx) => requireRole(ctx, 'admin') },
  ({ ctx, params, query: { fields, ...page } }) =>
    readDeliveries(ctx, pathId('webhook', params), page, fields),
)

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: list })
