import { sharedDatabase } from '@/db/client'
import { dispatchEvents } from '@/lib/approvals/dispatch'
import { sealAudit } from '@/lib/audit/seal'
import { settings } from '@/lib/env'
import { drainJobs } from '@/lib/jobs/serve'
import { requireCronSecret } from '@/lib/web/cron'
import { openRoute, resource } from '@/lib/web/route'
import { jobOptions } from '@/lib/web/jobs'

const deliver = openRoute(async (request) => {
  requireCronSecret(request)
  const db = sharedDatabase(settings().databaseUrl)
  const dispatched = await dispatchEvents(db)
  const sealed = await sealAudit(db)
  await drainJobs(jobOptions())
  return { dispatched, sealed }
})

export const { GET, POST, PUT, PATCH, DELETE } = resource({ GET: deliver, POST: deliver })
