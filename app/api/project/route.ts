import { requireRole } from '@/lib/context'
import { readProject } from '@/lib/members/read'
import { UpdateProjectInput } from '@/lib/members/schemas'
import { updateProject } from '@/lib/members/update-project'
import { resource, route } from '@/lib/http/route'

const read = route({ access: (ctx) => requireRole(ctx, 'viewer') }, ({ ctx }) => readProject(ctx))

const update = route(
  { body: UpdateProjectInput, access: (ctx) => requireRole(ctx, 'admin') },
  ({ ctx, body }) => updateProject(ctx, body),
)

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: read, PATCH: update })
