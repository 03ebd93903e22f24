import { requireRole } from '@/lib/context'
import { pathId } from '@/lib/http/path-id'
import { resource, route } from '@/lib/http/route'
import { rotateWebhook } from '@/lib/webhooks/rotate'

const rotate = route({ access: (ctx) => requireRole(ctx, 'admin') }, ({ ctx, params }) =>
  rotateWebhook(ctx, { id: pathId('webhook', params) }),
)

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ POST: rotate })
