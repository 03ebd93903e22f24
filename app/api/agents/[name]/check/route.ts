import { checkCall } from '@/lib/agents/check'
import { CheckInput } from '@/lib/agents/schemas'
import { requireReader } from '@/lib/context'
import { resource, route } from '@/lib/http/route'

const check = route({ body: CheckInput, access: (ctx) => requireReader(ctx) }, ({ ctx, params, body }) =>
  checkCall(ctx, { ...body, name: params.name ?? '', now: new Date() }),
)

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ POST: check })
