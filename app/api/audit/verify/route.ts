import { searchesOf } from '@/db/client'
import { verifyAudit } from '@/lib/audit/verify'
import { requireRole } from '@/lib/context'
import { searchInTurn } from '@/lib/search-turn'
import { resource, route } from '@/lib/web/route'

const verify = route({ mayWait: true, access: (ctx) => requireRole(ctx, 'admin') }, ({ ctx }) =>
  searchInTurn(ctx, () => verifyAudit(searchesOf(ctx.db), ctx.project.id)),
)

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: verify })
