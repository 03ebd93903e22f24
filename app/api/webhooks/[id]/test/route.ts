import { requireRole } from '@/lib/context'
import { pathId } from '@/lib/web/path-id'
import { resource, route } from '@/lib/web/route'
import { testWebhook } from '@/lib/webhooks/test'

const test = route({ status: 202, access: (ctx) => requireRole(ctx, 'admin') }, ({ ctx, params }) =>
  testWebhook(ctx, { id: pathId('webhook', params) }),
)

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ POST: test })
