import { sharedDatabase } from '@/db/client'
import { isReachable } from '@/db/queries/health'
import { settings } from '@/lib/env'
import { unavailable } from '@/lib/web/problem'
import { openRoute, resource } from '@/lib/web/route'

const ready = openRoute(async () => {
  const { databaseUrl, databasePool } = settings()
  if (!(await isReachable(sharedDatabase(databaseUrl, databasePool)))) throw unavailable()
  return { status: 'ready' }
})

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: ready })
