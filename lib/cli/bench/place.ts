import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type postgres from 'postgres'
import { withParameters } from '@/db/connection'
import { openSql as openPool } from '@/db/drivers'
import { startEmbedded } from '@/lib/embedded/embedded'
import { migrate } from '@/db/migrate'
import { root } from '../install.mjs'
import { checkDatabase } from '../database-check'
import type { Ending } from './ending'

/** Where the run takes place: two fresh databases of one PostgreSQL, and a folder. */
export type Place = {
  /** The server's database. */
  served: string
  /** The same schema for pgbench and for reading our statements, with no server at it. */
  bare: string
  /** Kept on the disk where the embedded database is kept. */
  folder: string
  postgresVersion: string
}

/**
 * Makes the databases, in the embedded PostgreSQL or beside the one that `databaseUrl` names.
 * @param ending is told how to remove what was made, as soon as it is there
 */
export async function openPlace(databaseUrl: string | undefined, ending: Ending): Promise<Place> {
  const dataDir = resolve(root, process.env.DATA_DIR || '.data')
  mkdirSync(dataDir, { recursive: true })
  const folder = mkdtempSync(join(dataDir, 'bench-'))
  ending.add(() => rmSync(folder, { recursive: true, force: true }))
  const base = databaseUrl ?? (await startOwn(folder, ending))
  await checkDatabase(base, false)
  const name = `holdpoint_bench_${randomBytes(4).toString('hex')}`
  const served = await createDatabase(base, name, ending)
  const bare = await createDatabase(base, `${name}_pgbench`, ending)
  for (const url of [served, bare]) await migrate(url, join(root, 'drizzle'))
  const sql = openSql(served)
  const [row] = await sql`select current_setting('server_version') as version`
  await sql.end()
  return { served, bare, folder, postgresVersion: String(row?.version) }
}

async function startOwn(folder: string, ending: Ending): Promise<string> {
  const embedded = await ending.make(
    () => startEmbedded({ dataDir: folder }),
    (made) => made.stop(),
  )
  return embedded.url
}

async function createDatabase(base: string, name: string, ending: Ending): Promise<string> {
  const admin = (statement: string) => {
    const sql = openSql(base)
    return sql.unsafe(statement).finally(() => sql.end({ timeout: 5 }))
  }
  await ending.make(
    () => admin(`create database ${name}`),
    () => admin(`drop database if exists ${name} with (force)`),
  )
  return withParameters(base, { dbname: name })
}

/** A connection for filling and checking, without the server's time limit for a statement. */
export function openSql(url: string): postgres.Sql {
  return openPool(url, { max: 1, name: 'holdpoint bench' })
}
