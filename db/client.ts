import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'

export type Database = PostgresJsDatabase
/** What a verb's transaction hands on; every query helper takes either. */
export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0]
export type Queryable = Database | Transaction

type Unsafe = postgres.Sql['unsafe']

/** Drizzle asks postgres.js not to prepare; the same few statements run all day, so prepare them. */
function preparing<S extends postgres.Sql | postgres.TransactionSql>(client: S): S {
  const unsafe = client.unsafe as Unsafe
  client.unsafe = ((text: string, args: unknown[] = [], options: object = {}) =>
    unsafe(text, args as never[], { ...options, prepare: args.length > 0 })) as Unsafe
  return client
}

/**
 * Opens a pool. Statements that take longer than 4 s are cancelled by the server, so that no
 * request hangs on a lock.
 * @param url `postgres://…`; `?prepare=false` in it turns prepared statements off for poolers that lack them
 * @param max connections at most
 */
export function openDatabase(url: string, max = 10): { db: Database; close(): Promise<void> } {
  const address = new URL(url)
  const canPrepare = address.searchParams.get('prepare') !== 'false'
  address.searchParams.delete('prepare')
  const client = postgres(address.href, {
    max,
    prepare: canPrepare,
    connect_timeout: 4,
    idle_timeout: 60,
    onnotice: () => {},
    connection: {
      application_name: 'holdpoint',
      statement_timeout: 4000,
      idle_in_transaction_session_timeout: 10_000,
      synchronous_commit: 'on',
      TimeZone: 'UTC',
    } as Record<string, string | number>,
  })
  const begin = client.begin.bind(client) as (
    work: (tx: postgres.TransactionSql) => unknown,
  ) => Promise<unknown>
  client.begin = ((work: (tx: postgres.TransactionSql) => unknown) =>
    begin((tx) => work(preparing(tx)))) as typeof client.begin
  return { db: drizzle(preparing(client)), close: () => client.end({ timeout: 5 }) }
}

type Held = { url: string; db: Database; close(): Promise<void> }
const heldKey = Symbol.for('holdpoint.database')

/** The process's one pool for a URL, shared by every copy of this module (bundled pages, plain routes). */
export function sharedDatabase(url: string): Database {
  const scope = globalThis as { [heldKey]?: Held }
  if (scope[heldKey]?.url !== url) scope[heldKey] = { url, ...openDatabase(url) }
  return scope[heldKey].db
}

/** Closes the shared pool after its running queries, 5 s at most. */
export async function closeSharedDatabase(): Promise<void> {
  const scope = globalThis as { [heldKey]?: Held }
  const held = scope[heldKey]
  delete scope[heldKey]
  await held?.close()
}
