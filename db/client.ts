import { availableParallelism } from 'node:os'
import { sql } from 'drizzle-orm'
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import type postgres from 'postgres'
import { isLocal, parseConnection } from './connection'
import { openSql } from './drivers'

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

/** What every connection of a pool is set to, beside what every session is. */
const sessionSettings = {
  statement_timeout: 4000,
  idle_in_transaction_session_timeout: 10_000,
  // Compiling a plan takes longer than any statement of ours runs.
  jit: 'off',
  // A plan that was kept from when a table was small would read all of it long after it has grown.
  enable_seqscan: 'off',
} as const

/**
 * What those for the hot path are set to beside: their statements take a few rows, and find
 * everything by its key, one by one; a hash or a merge would read a table that has grown.
 */
export const directSettings = {
  ...sessionSettings,
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  // The plan is the same whatever the rows are, and to make it takes longer than to run it.
  plan_cache_mode: 'force_generic_plan',
} as const

/**
 * Opens a pool. Statements that take longer than 4 s are cancelled by the server, so that no
 * request hangs on a lock.
 * @param url `postgres://…`, read by `parseConnection`
 * @param max connections at most
 * @param options `isReadOnly`: every transaction is, whatever the server would allow; `isDirect`: for the hot path
 * @throws ConnectionError where the address cannot be read
 */
export function openDatabase(
  url: string,
  max = 10,
  options: { isReadOnly?: boolean; isDirect?: boolean } = {},
): { db: Database; close(): Promise<void> } {
  const settings = {
    ...(options.isDirect ? directSettings : sessionSettings),
    ...(options.isReadOnly ? { default_transaction_read_only: 'on' } : {}),
  }
  const client = openSql(url, { max, name: 'holdpoint', settings, idleSeconds: 60 })
  const begin = client.begin.bind(client) as (
    work: (tx: postgres.TransactionSql) => unknown,
  ) => Promise<unknown>
  client.begin = ((work: (tx: postgres.TransactionSql) => unknown) =>
    begin((tx) => work(preparing(tx)))) as typeof client.begin
  return { db: drizzle(preparing(client)), close: () => client.end({ timeout: 5 }) }
}

/** What a prepared statement of ours takes; times go as RFC 3339 text. */
export type Value = string | number | boolean | null

/**
 * Runs one statement by itself, prepared, without the query builder: for the few of the hot path, whose text
 * never changes. Times come back as PostgreSQL's text.
 */
export async function runStatement<Row>(db: Database, text: string, values: Value[]): Promise<Row[]> {
  return overDirect(db, (client) => client.unsafe(text, values) as unknown as PromiseLike<Row[]>)
}

/** The same with each row as a list of its values, in the order of the columns: for rows of many. */
export async function runForLists(db: Database, text: string, values: Value[]): Promise<unknown[][]> {
  return overDirect(db, (client) => client.unsafe(text, values).values())
}

/** Whether this is a transaction that somebody has begun. */
export function isTransaction(db: Queryable): db is Transaction {
  return !('$client' in db)
}

/** Runs a statement of the hot path in a transaction; each of its parameters stands in it once, in their order. */
export async function runIn<Row>(tx: Transaction, text: string, values: Value[]): Promise<Row[]> {
  const [before = '', ...parts] = text.split(/\$\d+/)
  const rest = parts.map((part, at) => sql`${values[at]}${sql.raw(part)}`)
  const rows = await tx.execute(sql.join([sql.raw(before), ...rest]))
  return rows as unknown as Row[]
}

const directKey = Symbol.for('holdpoint.direct-pools')
const scopeOfDirect = globalThis as { [directKey]?: WeakMap<Database, Database> }
/** Shared by every copy of this module, as the pools themselves are. */
const directPools = (scopeOfDirect[directKey] ??= new WeakMap<Database, Database>())

/**
 * The pool for the short statements of the hot path, where there is one beside: nothing long is ever in front of
 * them there, so they can be sent one behind the other over few connections.
 */
export function directOf(db: Database): Database {
  return directPools.get(db) ?? db
}

type Lane = { client: postgres.Sql; underWay: number }

const clientOf = (db: Database) => (db as Database & { $client: postgres.Sql }).$client

const lanesKey = Symbol.for('holdpoint.lanes')
const scopeOfLanes = globalThis as { [lanesKey]?: WeakMap<Database, Lane[]> }
const lanesOf = (scopeOfLanes[lanesKey] ??= new WeakMap<Database, Lane[]>())

/**
 * Over the first connection of the hot path that is free, else over the one with the fewest statements under way. A
 * pool would take them in turn, and each backend would have to call to mind anew what another has just had at hand.
 */
async function overDirect<T>(db: Database, work: (client: postgres.Sql) => PromiseLike<T>): Promise<T> {
  const direct = directOf(db)
  const [first, ...others] = lanesOf.get(direct) ?? []
  if (!first) return work(clientOf(direct))
  const lane = others.reduce((least, one) => (one.underWay < least.underWay ? one : least), first)
  lane.underWay++
  try {
    return await work(lane.client)
  } finally {
    lane.underWay--
  }
}

/** Makes something once for each pool: a statement that drizzle builds, or what a process remembers of that database. */
export function onceFor<T>(make: (db: Database) => T): (db: Database) => T {
  const made = new WeakMap<Database, { it: T }>()
  return (db) => {
    const kept = made.get(db) ?? { it: make(db) }
    made.set(db, kept)
    return kept.it
  }
}

/** The same for the pool of the hot path, where there is one beside. */
export function oncePerPool<T>(make: (db: Database) => T): (db: Database) => T {
  const of = onceFor(make)
  return (general) => of(directOf(general))
}

/** On one machine with PostgreSQL, more backends than it has processors for only get in each other's way. */
function directConnections(url: string, max: number): number {
  return isLocal(parseConnection(url)) ? Math.min(max, 2 * availableParallelism()) : max
}

/** Few, so that slow searches hold none of the connections that everything else needs. */
export const searchConnections = 3

const searchKey = Symbol.for('holdpoint.search-pools')
const scopeOfSearches = globalThis as { [searchKey]?: WeakMap<Database, Database> }
const searchPools = (scopeOfSearches[searchKey] ??= new WeakMap<Database, Database>())

/** The pool for searches, where there is one beside. */
export function searchesOf(db: Database): Database {
  return searchPools.get(db) ?? db
}

/** Opens a pool with one for searches beside it. */
export function openWithSearches(
  url: string,
  max?: number,
  options?: { isReadOnly?: boolean },
): { db: Database; close(): Promise<void> } {
  const general = openDatabase(url, max, options)
  const searches = openDatabase(url, searchConnections, options)
  searchPools.set(general.db, searches.db)
  const close = async () => {
    await Promise.all([general.close(), searches.close()])
  }
  return { db: general.db, close }
}

/** A pool with one for the hot path and one for searches beside it. */
function openShared(url: string, max = 10): { db: Database; close(): Promise<void> } {
  const general = openWithSearches(url, max)
  const lanes = Array.from({ length: directConnections(url, max) }, () =>
    openDatabase(url, 1, { isDirect: true }),
  )
  const last = lanes.at(-1)
  if (last) {
    directPools.set(general.db, last.db)
    lanesOf.set(
      last.db,
      lanes.map(({ db }) => ({ client: clientOf(db), underWay: 0 })),
    )
  }
  const close = async () => {
    await Promise.all([general, ...lanes].map((one) => one.close()))
  }
  return { db: general.db, close }
}

type Held = { url: string; db: Database; also: (() => Promise<void>)[]; close(): Promise<void> }
const heldKey = Symbol.for('holdpoint.database')

/**
 * The process's one pool for a URL, shared by every copy of this module (bundled pages, plain routes).
 * @param max connections at most, where this call opens it
 */
export function sharedDatabase(url: string, max?: number): Database {
  const scope = globalThis as { [heldKey]?: Held }
  if (scope[heldKey]?.url !== url) scope[heldKey] = { url, also: [], ...openShared(url, max) }
  return scope[heldKey].db
}

/** Has something end with the shared pool; of any other database it must be ended by who made it. */
export function endWithShared(db: Database, close: () => Promise<void>): void {
  const held = (globalThis as { [heldKey]?: Held })[heldKey]
  if (held?.db === db) held.also.push(close)
}

/** Closes the shared pool after its running queries, 5 s at most. */
export async function closeSharedDatabase(): Promise<void> {
  const scope = globalThis as { [heldKey]?: Held }
  const held = scope[heldKey]
  delete scope[heldKey]
  await Promise.all([held?.close(), ...(held?.also ?? []).map((close) => close())])
}
