import { requireRole } from '@/lib/context'
import { settings } from '@/lib/env'
import { Paging } from '@/lib/http/query'
import { resource, route } from '@/lib/http/route'
import { createWebhook } from '@/lib/webhooks/create'
import { readWebhooks } from '@/lib/webhooks/read'
import { CreateWebhookInput } from '@/lib/webhooks/schemas'

const list = route({ query: Paging, access: (ctx) => requireRole(ctx, 'admin') }, ({ ctx, query }) =>
  readWebhooks(ctx, query),
)

const create = route(
  { body: CreateWebhookInput, status: 201, access: (ctx) => requireRole(ctx, 'admin') },
  ({ ctx, body }) => createWebhook(ctx, body, settings()),
)

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: list, POST: create })
