import { z } from 'zod'
import { readAgents } from '@/lib/agents/read'
import { Agent } from '@/lib/agents/schemas'
import { requireReader } from '@/lib/context'
import { fieldsOf, paging } from '@/lib/http/query'
import { resource, route } from '@/lib/http/route'

const ListQuery = z.strictObject({ ...paging, fields: fieldsOf(Agent.keyof().options, 'name') })

const list = route(
  { query: ListQuery, access: (ctx) => requireReader(ctx) },
  ({ ctx, query: { fields, ...page } }) => readAgents(ctx, page, fields),
)

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: list })
