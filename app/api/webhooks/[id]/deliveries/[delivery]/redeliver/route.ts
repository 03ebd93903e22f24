import { requireRole } from '@/lib/context'
import { pathId } from '@/lib/http/path-id'
import { resource, route } from '@/lib/http/route'
import { redeliver } from '@/lib/webhooks/redeliver'

const again = route({ status: 202, access: (ctx) => requireRole(ctx, 'admin') }, ({ ctx, params }) => {
  const id = pathId('delivery', { id: params.delivery ?? '' })
  return redeliver(ctx, { webhookId: pathId('webhook', params), id })
})

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ POST: again })
