import { sql, type SQL } from 'drizzle-orm'
import { inBatches } from './batch'
import { isTransaction, runIn, runStatement, type Queryable, type Value } from './client'

/** What a statement takes for each of those it is run for: the names of the values and their types in PostgreSQL. */
export type Columns = Record<string, string>

/** Values of an item; objects and lists go as JSON or arrays. */
export type Item<C extends Columns> = Record<keyof C, Value | object>

/** Those it is run for, one row each with its place `n`, from one parameter of JSON. */
function itemsText(columns: Columns, parameter: string): string {
  return rowsOf(columns, `${parameter}::json`, 'item', 'n')
}

/** Columns with their types, as a definition of rows. */
export const typed = (columns: Columns): string =>
  Object.entries(columns)
    .map(([name, type]) => `"${name}" ${type}`)
    .join(', ')

/** A list of JSON as the relation `name`, with the place of each row, counting from 1, as the column `place`. */
export function rowsOf(columns: Columns, json: string, name: string, place: string): string {
  const names = Object.keys(columns).map((column) => `"${column}"`)
  return `rows from (json_to_recordset(${json}) as (${typed(columns)}))
    with ordinality as ${name} (${names.join(', ')}, ${place})`
}

/**
 * The same as a relation to select from, with the values as `item."name"` and the place as `item.n`.
 * @param parameter stands for the JSON
 */
export function itemsOf(columns: Columns, parameter: SQLChunk): SQL {
  const [before = '', after = ''] = itemsText(columns, '?').split('?')
  return sql`${sql.raw(before)}${parameter}${sql.raw(after)}`
}

type SQLChunk = ReturnType<typeof sql.placeholder> | SQL

/** The beginning of a statement in parts (`name as (…)`), which may read the items as the relation `item`. */
export function withItems(columns: Columns, parts: string): string {
  return `with item as materialized (select * from ${itemsText(columns, '$1')}),\n${parts}`
}

/**
 * Says that a column is that of one of the rows of `from`, beside the condition that says of which: so that rows to
 * update are found by this column, whatever the planner knows of the table. For rows to read, `cross join lateral`
 * with `offset 0` or a lock does the same.
 */
export const oneOf = (column: string, from: string, name: string) =>
  `${column} = any(array(select ${name} from ${from})) and ${column} = ${from}.${name}`

/**
 * A statement of the hot path, run for one caller or for several who came at about the same time, each a row of the
 * relation `item`. It must do for each row what it would do for that row alone.
 * @param columns the columns of `item`; beside them stands its place `n`, which the rows of the answer bear too
 * @param parts what follows `with item as (…),`
 * @param apart what of a row no other in the same statement may share
 * @returns a function that runs it, prepared, for several together or, in a transaction, for the one; times go and come
 * as text
 * @throws Error where a value is not given
 */
export function statement<C extends Columns, Out extends object>(
  columns: C,
  parts: string,
  apart?: (item: Item<C>) => string | null,
): (db: Queryable, item: Item<C>) => Promise<Out | undefined> {
  const text = withItems(columns, parts)
  const names = Object.keys(columns)
  const together = inBatches<Item<C>, Out>({
    run: async (db, json) => {
      const rows = await runStatement<Out & { n: string }>(db, text, [json])
      return rows.map((row) => ({ n: Number(row.n), out: row }))
    },
    ...(apart ? { apart } : {}),
  })
  return async (db, item) => {
    const missing = names.find((name) => item[name] === undefined)
    if (missing !== undefined) throw new Error(`The statement lacks a value for ${missing}.`)
    if (!isTransaction(db)) return together(db, item)
    const [row] = await runIn<Out>(db, text, JSON.stringify([item]))
    return row
  }
}
