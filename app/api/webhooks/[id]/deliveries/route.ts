import { requireRole } from '@/lib/context'
import { pathId } from '@/lib/web/path-id'
import { Paging } from '@/lib/web/query'
import { resource, route } from '@/lib/web/route'
import { readDeliveries } from '@/lib/webhooks/read'

const list = route({ query: Paging, access: (ctx) => requireRole(ctx, 'admin') }, ({ ctx, params, query }) =>
  readDeliveries(ctx, pathId('webhook', params), query),
)

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: list })
