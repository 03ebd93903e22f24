import { requireRole } from '@/lib/context'
import { createKey } from '@/lib/keys/create-key'
import { createToken } from '@/lib/keys/create-token'
import { readKeys } from '@/lib/keys/read'
import { CreateKeyInput } from '@/lib/keys/schemas'
import { Paging } from '@/lib/http/query'
import { resource, route } from '@/lib/http/route'

const list = route({ query: Paging, access: (ctx) => requireRole(ctx, 'viewer') }, ({ ctx, query }) =>
  readKeys(ctx, query),
)

const create = route(
  { body: CreateKeyInput, status: 201, access: (ctx) => requireRole(ctx, 'viewer') },
  ({ ctx, body: { kind, scopes, ...input } }) =>
    kind === 'personal' ? createToken(ctx, input) : createKey(ctx, { ...input, scopes }),
)

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: list, POST: create })
