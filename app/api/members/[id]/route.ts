import { requireRole } from '@/lib/context'
import { changeRole } from '@/lib/members/change-role'
import { removeMember } from '@/lib/members/remove'
import { ChangeRoleInput } from '@/lib/members/schemas'
import { pathId } from '@/lib/http/path-id'
import { reply, resource, route } from '@/lib/http/route'

const change = route(
  { body: ChangeRoleInput, access: (ctx) => requireRole(ctx, 'owner') },
  ({ ctx, params, body }) => changeRole(ctx, { id: pathId('user', params), role: body.role }),
)

const remove = route({ access: (ctx) => requireRole(ctx, 'owner') }, async ({ ctx, params }) => {
  await removeMember(ctx, { id: pathId('user', params) })
  return reply(null, 204)
})

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ PATCH: change, DELETE: remove })
