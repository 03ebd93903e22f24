import { z } from 'zod'
import { exportAudit } from '@/lib/audit/export'
import { requireRole } from '@/lib/context'
import { resource, route } from '@/lib/web/route'
import { textStream } from '@/lib/web/stream'

const ExportQuery = z.strictObject({ format: z.enum(['ndjson', 'csv']).default('ndjson') })

const types = {
  ndjson: 'application/x-ndjson; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
}

/** A POST, because it leaves an entry of its own: no link that somebody opens, and no prefetch, exports anything. */
const download = route(
  { query: ExportQuery, mayWait: true, access: (ctx) => requireRole(ctx, 'admin') },
  async ({ ctx, query: { format } }) =>
    new Response(textStream(await exportAudit(ctx, format)), {
      headers: {
        'Content-Type': types[format],
        'Content-Disposition': `attachment; filename="audit-${ctx.project.slug}.${format}"`,
      },
    }),
)

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ POST: download })
