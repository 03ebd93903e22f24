import { requireReader } from '@/lib/context'
import { readToolCall } from '@/lib/runs/read'
import { callerId } from '@/lib/http/query'
import { resource, route } from '@/lib/http/route'

const read = route({ access: (ctx) => requireReader(ctx, ['read', 'run']) }, ({ ctx, params }) =>
  readToolCall(ctx, callerId(params, 'id'), callerId(params, 'call')),
)

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: read })
