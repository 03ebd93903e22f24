import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { runMigrations } from 'graphile-worker'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate as runDrizzle } from 'drizzle-orm/postgres-js/migrator'
import type postgres from 'postgres'
import { openSql, openWorkerPool } from './drivers'
import { codesOf } from './error-codes'

const migrationLock = 7_340_211

/**
 * How long a migration waits for a table, since whoever else wants it waits behind the migration. Well below the second
 * after which PostgreSQL looks for deadlocks and may end somebody else's transaction instead.
 */
const tableWaitMs = 500
const comesAgainMs = 1_000
const migratesWithinMs = 120_000

/** SQLSTATE: deadlock_detected and lock_not_available. */
const inTheWay = new Set(['40P01', '55P03'])

/** Thrown where the database's schema is not this code's and cannot become it. */
export class UnknownSchemaError extends Error {}

/**
 * Brings a database to this version's schema, once, whatever number of processes start at a time.
 * @param url `postgres://…` of a role that may create tables, or of any that may use them where nothing is to be done
 * @param folder the generated migrations
 * @throws UnknownSchemaError where the database knows migrations that this version does not, and where it lacks some
 * and the role may not make them
 */
export async function migrate(url: string, folder = path.join(process.cwd(), 'drizzle')): Promise<void> {
  const options = { max: 1, name: 'holdpoint migrate', connectSeconds: 10 }
  const client = openSql(url, options)
  const workers = openWorkerPool(url, options, () => undefined)
  try {
    await client`select pg_advisory_lock(${migrationLock})`
    const { missing, isNew } = await compareMigrations(client, folder)
    if (missing > 0 && !isNew) await requireMaker(client, missing)
    await findExtensions(client)
    if (missing > 0)
      await besideOthers(client, () => runDrizzle(drizzle(client), { migrationsFolder: folder }))
    await runMigrations({ pgPool: workers.pool, schema: 'graphile_worker' })
  } finally {
    await Promise.all([client.end({ timeout: 5 }), workers.close()])
  }
}

/**
 * Runs the migrations, which are one transaction, while older processes go on serving. One that waits for a table lets
 * go of all it holds after half a second, as does one that a deadlock ended, and comes again: nobody waits longer behind it.
 * @throws the database's error where a table was never free within two minutes
 */
async function besideOthers(client: postgres.Sql, run: () => Promise<void>): Promise<void> {
  await client.unsafe(`set lock_timeout = ${tableWaitMs}`)
  const giveUpAt = performance.now() + migratesWithinMs
  for (;;) {
    try {
      return await run()
    } catch (error) {
      if (!codesOf(error).some((code) => inTheWay.has(code)) || performance.now() > giveUpAt) throw error
      await pause(comesAgainMs * (0.5 + Math.random()))
    }
  }
}

/** Some services keep extensions in a schema of their own, where the migrations have to find what they bring. */
async function findExtensions(client: postgres.Sql): Promise<void> {
  const schemas = await client<{ name: string }[]>`
    select distinct quote_ident(n.nspname) as name from pg_extension e join pg_namespace n on n.oid = e.extnamespace
    where e.extname in ('pg_trgm', 'btree_gin') and n.nspname <> 'public'`
  await client.unsafe(`set search_path = ${['public', ...schemas.map(({ name }) => name)].join(', ')}`)
}

/** How many of this version's migrations a database lacks, and whether it has none at all. */
async function compareMigrations(client: postgres.Sql, folder: string) {
  const known = new Set(knownHashes(folder))
  const [found] = await client<{ exists: boolean }[]>`
    select to_regclass('drizzle.__drizzle_migrations') is not null as exists`
  if (!found?.exists) return { missing: known.size, isNew: true }
  const applied = await client<{ hash: string }[]>`select hash from drizzle.__drizzle_migrations`
  if (applied.some((row) => !known.has(row.hash))) {
    throw new UnknownSchemaError(
      'The database was migrated by a newer version of Holdpoint; start that version, or point DATABASE_URL at another database.',
    )
  }
  const missing = [...known].filter((hash) => !applied.some((row) => row.hash === hash)).length
  return { missing, isNew: false }
}

/** Whoever may make schemas in a database may bring it to another version. */
async function requireMaker(client: postgres.Sql, missing: number): Promise<void> {
  const [role] = await client<{ may: boolean; name: string }[]>`
    select has_database_privilege(current_database(), 'create') as may, current_user as name`
  if (role?.may !== false) return
  throw new UnknownSchemaError(
    `The database lacks ${missing} of this version’s migrations, which the role ${role.name} may not make; run npm run migrate with the DATABASE_URL of its owner, then start again.`,
  )
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
