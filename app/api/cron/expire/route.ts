import { sharedDatabase } from '@/db/client'
import { expireApprovals } from '@/lib/approvals/expire'
import { settings } from '@/lib/env'
import { requireCronSecret } from '@/lib/http/cron'
import { openRoute, resource } from '@/lib/http/route'

const expire = openRoute(async (request) => {
  requireCronSecret(request)
  const { databaseUrl, databasePool } = settings()
  return expireApprovals(sharedDatabase(databaseUrl, databasePool))
})

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: expire, POST: expire })
