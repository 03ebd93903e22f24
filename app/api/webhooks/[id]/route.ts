import { requireRole } from '@/lib/context'
import { settings } from '@/lib/env'
import { pathId } from '@/lib/http/path-id'
import { reply, resource, route } from '@/lib/http/route'
import { deleteWebhook } from '@/lib/webhooks/delete'
import { readWebhook } from '@/lib/webhooks/read'
import { UpdateWebhookInput } from '@/lib/webhooks/schemas'
import { updateWebhook } from '@/lib/webhooks/update'

const read = route({ access: (ctx) => requireRole(ctx, 'admin') }, ({ ctx, params }) =>
  readWebhook(ctx, pathId('webhook', params)),
)

const update = route(
  { body: UpdateWebhookInput, access: (ctx) => requireRole(ctx, 'admin') },
  ({ ctx, params, body }) => updateWebhook(ctx, { ...body, id: pathId('webhook', params) }, settings()),
)

const remove = route({ access: (ctx) => requireRole(ctx, 'admin') }, async ({ ctx, params }) => {
  await deleteWebhook(ctx, { id: pathId('webhook', params) })
  return reply(null, 204)
})

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: read,
  PATCH: update,
  DELETE: remove,
})
