import { z } from 'zod'
import { exportAudit, readWholeAudit } from '@/lib/audit/export'
import { requireRole } from '@/lib/context'
import { resource, route } from '@/lib/http/route'
import { textStream } from '@/lib/http/sse'

const ExportQuery = z.strictObject({ format: z.enum(['ndjson', 'csv']).default('ndjson') })

const types = {
  ndjson: 'application/x-ndjson; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
}

const download = (read: typeof exportAudit) =>
  route(
    { query: ExportQuery, mayWait: true, access: (ctx) => requireRole(ctx, 'admin') },
    async ({ ctx, query: { format } }) =>
      new Response(textStream(await read(ctx, format)), {
        headers: {
          'Content-Type': types[format],
          'Content-Disposition': `attachment; filename="audit-${ctx.project.slug}.${format}"`,
        },
      }),
  )

/** The console's is a POST, which leaves an entry; a GET, which a link or a prefetch may be, only reads. */
export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: download(readWholeAudit),
  POST: download(exportAudit),
})
