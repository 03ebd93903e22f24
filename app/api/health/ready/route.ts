import { sharedDatabase } from '@/db/client'
import { findHealth } from '@/db/queries/health'
import { settings } from '@/lib/env'
import { isLiving } from '@/lib/process/drain'
import { assertReady } from '@/lib/process/ready'
import { openRoute, resource } from '@/lib/http/route'

const ready = openRoute(async () => {
  const { databaseUrl, databasePool } = settings()
  assertReady(await findHealth(sharedDatabase(databaseUrl, databasePool)), isLiving())
  return { status: 'ready' }
})

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: ready })
