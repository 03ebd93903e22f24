import { openDatabase } from '@/db/client'
import { migrate } from '@/db/migrate'
import { readSettings } from '@/lib/env'
import { setAuditFloor } from '@/lib/retention/floor'
import { StartError } from '@/lib/start-error'

/** For platforms that build before they serve: brings the database of DATABASE_URL to this version's schema. */
async function main(): Promise<void> {
  const url = process.env.DATABASE_URL
  if (!url) throw new StartError('DATABASE_URL is not set, so there is no database to migrate')
  await migrate(url)
  const { db, close } = openDatabase(url, 1)
  try {
    await setAuditFloor(db, readSettings(process.env).auditRetentionMinDays)
  } finally {
    await close()
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof StartError ? `Holdpoint was not migrated: ${error.message}.` : error)
  process.exit(1)
})
