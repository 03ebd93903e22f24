import { openDatabase } from '@/db/client'
import { migrate, UnknownSchemaError } from '@/db/migrate'
import { readSettings } from '@/lib/env'
import { setAuditFloor } from '@/lib/retention/floor'
import { StartError } from '@/lib/start-error'
import { checkDatabase, explainDatabase } from './database-check'

/** For platforms that build before they serve: brings the database of DATABASE_URL to this version's schema. */
async function main(): Promise<void> {
  if (!process.env.DATABASE_URL)
    throw new StartError('DATABASE_URL is not set, so there is no database to migrate')
  const { databaseUrl: url = '', allowUnsafeDatabase, auditRetentionMinDays } = readSettings(process.env)
  await checkDatabase(url, allowUnsafeDatabase)
  try {
    await migrate(url)
    const { db, close } = openDatabase(url, 1)
    await setAuditFloor(db, auditRetentionMinDays).finally(close)
  } catch (error) {
    throw explainDatabase(error, url)
  }
}

main().catch((error: unknown) => {
  const isKnown = error instanceof StartError || error instanceof UnknownSchemaError
  console.error(isKnown ? `Holdpoint was not migrated: ${error.message.replace(/\.$/, '')}.` : error)
  process.exit(1)
})
