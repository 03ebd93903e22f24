import { requireRole } from '@/lib/context'
import { readNotices } from '@/lib/notices/in-app'
import { Paging } from '@/lib/http/query'
import { resource, route } from '@/lib/http/route'

const list = route({ query: Paging, access: (ctx) => requireRole(ctx, 'viewer') }, ({ ctx, query }) =>
  readNotices(ctx, query),
)

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: list })
