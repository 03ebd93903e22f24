import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { runMigrations } from 'graphile-worker'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate as runDrizzle } from 'drizzle-orm/postgres-js/migrator'
import postgres from 'postgres'

const migrationLock = 7_340_211

/** Thrown where the database was migrated by something newer than this code. */
export class UnknownSchemaError extends Error {}

/**
 * Brings a database to this version's schema, once, whatever number of processes start at a time.
 * @param url `postgres://…` of a role that may create tables
 * @param folder the generated migrations
 * @throws UnknownSchemaError where the database knows migrations that this version does not
 */
export async function migrate(url: string, folder = path.join(process.cwd(), 'drizzle')): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 10 })
  try {
    await client`select pg_advisory_lock(${migrationLock})`
    await refuseUnknown(client, folder)
    await runDrizzle(drizzle(client), { migrationsFolder: folder })
    await runMigrations({ connectionString: url, schema: 'graphile_worker' })
  } finally {
    await client.end({ timeout: 5 })
  }
}

async function refuseUnknown(client: postgres.Sql, folder: string): Promise<void> {
  const [found] = await client<{ exists: boolean }[]>`
    select to_regclass('drizzle.__drizzle_migrations') is not null as exists`
  if (!found?.exists) return
  const applied = await client<{ hash: string }[]>`select hash from drizzle.__drizzle_migrations`
  const known = new Set(knownHashes(folder))
  if (applied.some((row) => !known.has(row.hash))) {
    throw new UnknownSchemaError(
      'The database was migrated by a newer version of Holdpoint; start that version, or point DATABASE_URL at another database.',
    )
  }
}

function knownHashes(folder: string): string[] {
  const journal = JSON.parse(readFileSync(path.join(folder, 'meta/_journal.json'), 'utf8')) as {
    entries: { tag: string }[]
  }
  return journal.entries.map((entry) =>
    createHash('sha256')
      .update(readFileSync(path.join(folder, `${entry.tag}.sql`)))
      .digest('hex'),
  )
}
