import { requireRole } from '@/lib/context'
import { pathId } from '@/lib/http/path-id'
import { resource, route } from '@/lib/http/route'
import { testWebhook } from '@/lib/webhooks/send-test'

const test = route({ status: 202, access: (ctx) => requireRole(ctx, 'admin') }, ({ ctx, params }) =>
  testWebhook(ctx, { id: pathId('webhook', params) }),
)

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ POST: test })
