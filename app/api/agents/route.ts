import { readAgents } from '@/lib/agents/read'
import { requireReader } from '@/lib/context'
import { Paging } from '@/lib/web/query'
import { resource, route } from '@/lib/web/route'

const list = route({ query: Paging, access: (ctx) => requireReader(ctx) }, ({ ctx, query }) =>
  readAgents(ctx, query),
)

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: list })
