import { requireRole } from '@/lib/context'
import { pathId } from '@/lib/web/path-id'
import { resource, route } from '@/lib/web/route'
import { redeliver } from '@/lib/webhooks/redeliver'

const again = route({ status: 202, access: (ctx) => requireRole(ctx, 'admin') }, ({ ctx, params }) => {
  const id = pathId('delivery', { id: params.delivery ?? '' })
  return redeliver(ctx, { webhookId: pathId('webhook', params), id })
})

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ POST: again })
