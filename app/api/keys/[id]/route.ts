import { requireRole } from '@/lib/context'
import { revokeKey } from '@/lib/keys/revoke-key'
import { pathId } from '@/lib/http/path-id'
import { reply, resource, route } from '@/lib/http/route'

const revoke = route({ access: (ctx) => requireRole(ctx, 'viewer') }, async ({ ctx, params }) => {
  await revokeKey(ctx, { id: pathId('key', params) })
  return reply(null, 204)
})

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ DELETE: revoke })
