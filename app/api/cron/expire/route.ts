import { sharedDatabase } from '@/db/client'
import { expireApprovals } from '@/lib/approvals/expire'
import { settings } from '@/lib/env'
import { requireCronSecret } from '@/lib/web/cron'
import { openRoute, resource } from '@/lib/web/route'

const expire = openRoute(async (request) => {
  requireCronSecret(request)
  return expireApprovals(sharedDatabase(settings().databaseUrl))
})

export const { GET, POST, PUT, PATCH, DELETE } = resource({ GET: expire, POST: expire })
