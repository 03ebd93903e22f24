import { verifyAudit } from '@/lib/audit/verify'
import { requireRole } from '@/lib/context'
import { resource, route } from '@/lib/web/route'

const verify = route({ mayWait: true, access: (ctx) => requireRole(ctx, 'admin') }, ({ ctx }) =>
  verifyAudit(ctx.db, ctx.project.id),
)

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: verify })
