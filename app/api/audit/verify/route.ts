import { z } from 'zod'
import { searchesOf } from '@/db/client'
import { PublishedHead } from '@/lib/audit/schemas'
import { verifyAudit } from '@/lib/audit/verify'
import { requireRole } from '@/lib/context'
import { walkInTurn } from '@/lib/search-turn'
import { resource, route } from '@/lib/http/route'

const VerifyQuery = z.strictObject({ head: PublishedHead.optional() })

const verify = route(
  { query: VerifyQuery, mayWait: true, access: (ctx) => requireRole(ctx, 'admin') },
  ({ ctx, query: { head } }) =>
    walkInTurn(ctx, () => verifyAudit(searchesOf(ctx.db), ctx.project.id, head ? [head] : [])),
)

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: verify })
