import { migrate } from '@/db/migrate'
import { StartError } from '@/lib/start-error'

/** For platforms that build before they serve: brings the database of DATABASE_URL to this version's schema. */
async function main(): Promise<void> {
  const url = process.env.DATABASE_URL
  if (!url) throw new StartError('DATABASE_URL is not set, so there is no database to migrate')
  await migrate(url)
}

main().catch((error: unknown) => {
  console.error(error instanceof StartError ? `Holdpoint was not migrated: ${error.message}.` : error)
  process.exit(1)
})
