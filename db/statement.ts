import { sql, type SQL } from 'drizzle-orm'
import { inBatches } from './batch'
import { isTransaction, runIn, runStatement, type Queryable, type Value } from './client'

/** What a statement takes for each of those it is run for: the names of the values and their types in PostgreSQL. */
export type Columns = Record<string, string>

/** Values of an item; objects and lists go as JSON or arrays. */
export type Item<C extends Columns> = Record<keyof C, Value | object>

/** Lists that come with an item, each a list of such rows. */
export type Lists = Record<string, Columns>

/** The rows of an item's lists; what is left out of a row is null. */
export type Rows<L extends Lists> = {
  [name in keyof L]: readonly Partial<Record<keyof L[name], Value | object>>[]
}

/** Those it is run for, one row each with its place `n`, from one parameter of JSON. */
function itemsText(columns: Columns, parameter: string): string {
  return rowsOf(columns, `${parameter}::json`, 'item', 'n')
}

/** Columns with their types, as a definition of rows. */
const typed = (columns: Columns): string =>
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

/**
 * The beginning of a statement in parts (`name as (…)`), which may read the items as the relation `item`, and their
 * lists by their names: each row with the place `n` of its item, and with its own, `place`, among all of them.
 */
export function withItems(columns: Columns, parts: string, lists: Lists = {}): string {
  const relations = Object.entries(lists).map(
    ([name, of], at) =>
      `${name} as (select * from ${rowsOf({ n: 'bigint', ...of }, `$${at + 2}::json`, name, 'place')}),\n`,
  )
  return `with item as materialized (select * from ${itemsText(columns, '$1')}),\n${relations.join('')}${parts}`
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
 * @param lists of what comes with an item, as relations of their own (`withItems`): inside of it, PostgreSQL would read
 * their text twice
 * @param parts what follows `with item as (…),`
 * @param apart what of a row no other in the same statement may share
 * @returns a function that runs it, prepared, for several together or, in a transaction, for the one; times go and come
 * as text
 * @throws Error where a value or a list is not given
 */
export function statement<C extends Columns, L extends Lists, Out extends object>(
  columns: C,
  lists: L,
  parts: string,
  apart?: (item: Item<C>) => string | null,
): (db: Queryable, item: Item<C>, ...lists: object extends L ? [] : [Rows<L>]) => Promise<Out | undefined> {
  const text = withItems(columns, parts, lists)
  const names = Object.keys(columns)
  const listNames = Object.keys(lists)
  type Given = { item: Item<C>; rows: Rows<L> | undefined }

  function write({ item, rows }: Given): Written {
    const missing = names.find((name) => item[name] === undefined) ?? listNames.find((name) => !rows?.[name])
    if (missing !== undefined) throw new Error(`The statement lacks a value for ${missing}.`)
    const itemText = JSON.stringify(item)
    let { length } = itemText
    const texts = listNames.map((name) =>
      (rows?.[name] ?? []).map((row) => {
        const text = JSON.stringify(row)
        length += text.length
        return text
      }),
    )
    return { length, item: itemText, lists: texts }
  }

  /** One of JSON for the items, and one for each list. */
  const parametersOf = (items: Written[]): string[] => [
    `[${items.map(({ item }) => item).join()}]`,
    ...listNames.map((_, list) => {
      const rows = items.flatMap((one, at) => (one.lists[list] ?? []).map((row) => withPlace(row, at + 1)))
      return `[${rows.join()}]`
    }),
  ]

  const together = inBatches<Given, Written, Out>({
    write,
    run: async (db, items) => {
      const rows = await runStatement<Out & { n: string }>(db, text, parametersOf(items))
      return rows.map((row) => ({ n: Number(row.n), out: row }))
    },
    ...(apart ? { apart: ({ item }) => apart(item) } : {}),
  })
  return async (db, item, ...[rows]) => {
    const given = { item, rows }
    if (!isTransaction(db)) return together(db, given)
    const [row] = await runIn<Out>(db, text, parametersOf([write(given)]))
    return row
  }
}

/** What is sent of an item: itself and each row of its lists, as JSON. */
type Written = { length: number; item: string; lists: string[][] }

const withPlace = (row: string, n: number): string => `{"n":${n},${row.slice(1)}`
