import { requireRole } from '@/lib/context'
import { markNoticesRead } from '@/lib/notices/in-app'
import { MarkReadInput } from '@/lib/notices/schemas'
import { resource, route } from '@/lib/http/route'

const mark = route({ body: MarkReadInput, access: (ctx) => requireRole(ctx, 'viewer') }, ({ ctx, body }) =>
  markNoticesRead(ctx, body),
)

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ POST: mark })
