import { isReachable } from '@/db/queries/health'
import { settings } from '@/lib/env'
import { unavailable } from '@/lib/web/problem'
import { openRoute, resource } from '@/lib/web/route'

const ready = openRoute(async () => {
  if (!(await isReachable(settings().databaseUrl))) throw unavailable()
  return { status: 'ready' }
})

export const { GET, POST, PUT, PATCH, DELETE } = resource({ GET: ready })
