import { Column, getTableColumns, is, sql, SQL, Table } from 'drizzle-orm'
import { inBatches } from './batch'
import { isTransaction, oncePerPool, runForLists, runIn, type Database, type Queryable } from './client'
import {
  formTexts,
  itemsOf,
  parametersFor,
  withItems,
  type Columns,
  type Form,
  type Parts,
  type Written,
} from './statement'

/** A select that drizzle builds; it is never awaited. */
type Select<Row> = PromiseLike<Row[]>
type Named = { as(alias: string): { _: { selectedFields: object } } & SQL }
type Built = Named & { offset(rows: SQL): Named }
type Fields = { [name: string]: Column | SQL | Table | Fields }
type NamedFields = { [name: string]: SQL.Aliased | NamedFields }

/** A value of the row that a select is for. */
export const given = (name: string): SQL => sql`item.${sql.identifier(name)}`

/** What a statement does before it selects: for each row of `from`, which the select sees as it was before. */
export type Write<Item> = {
  /** As `name as (…)`, after the relation `item`. */
  parts: Parts
  /** The part whose rows, with the place `n` of their item, the select is for. */
  from: string
  apart?: (item: Item) => string | null
}

/**
 * A select of one row at most, run for one caller or for several who came at about the same time. For each it is
 * planned like a select for that one alone, whatever the planner knows of the tables.
 * @param columns names and PostgreSQL's types of the values of an item
 * @param build makes the select, with the `select` that it is given; `given` names the values of the item, or of the
 * row that `write` makes of it
 */
export function forEach<Item extends object, Row>(
  columns: Columns,
  build: (select: Database['select']) => Select<Row>,
  write?: Write<Item>,
): (db: Queryable, item: Item) => Promise<Row | undefined> {
  const prepared = oncePerPool((db) => formTexts((form) => prepare<Row>(db, columns, build, form, write)))
  const { write: writeItem, parameters } = parametersFor(columns)
  const together = inBatches<Item, Written, Row>({
    ...(write?.apart ? { apart: write.apart } : {}),
    write: (item) => writeItem(item),
    run: async (db, items) => {
      const { form, values } = parameters(items)
      const { text, read } = prepared(db)[form]
      const rows = await runForLists(db, text, values)
      return rows.map((row) => ({ n: Number(row[0]), out: read(row) }))
    },
  })
  return async (db, item) => {
    if (!isTransaction(db)) return together(db, item)
    const { form, values } = parameters([writeItem(item)])
    const { text, read } = prepare<Row>(db, columns, build, form, write)
    const [row] = await runIn<Record<string, unknown>>(db, text, values)
    return row && read(Object.values(row))
  }
}

function prepare<Row>(
  db: Pick<Database, 'select'>,
  columns: Columns,
  build: (select: Database['select']) => Select<Row>,
  form: Form,
  write?: Pick<Write<never>, 'parts' | 'from'>,
) {
  let read: (row: unknown[]) => unknown = (row) => row
  const selectNamed = ((fields: Fields) => {
    const named = nameAll(fields)
    read = named.read
    return db.select(named.fields as Record<string, SQL.Aliased>)
  }) as unknown as Database['select']
  const built = build(selectNamed) as unknown as Built
  // The offset keeps the planner from mixing the tables of the select with the items; of one it knows all values.
  const seen = (form === 'one' && !write ? built : built.offset(sql`0`)).as('seen')
  const { sql: select, params } = db
    .select({ n: sql`item.n`, row: seen._.selectedFields as Record<string, SQL> })
    .from(sql.raw(write ? `${write.from} as item` : itemsOf(columns, form)))
    .crossJoinLateral(seen)
    .toSQL()
  if (params.length > 0) throw new Error('All values of a select for each item come with the item.')
  const text = write ? `${withItems(columns, write.parts, form)}\n${select}` : select
  return { text, read: read as (row: unknown[]) => Row }
}

/**
 * The same fields, each under a name of its own, and what makes of a row, a list with the place of its item first, what
 * was asked for.
 */
function nameAll(
  fields: Fields,
  path = 'row.',
  places = { taken: 1 },
): { fields: NamedFields; read(row: unknown[]): Record<string, unknown> } {
  const parts = Object.entries(fields).map(([key, field]) => {
    const name = `${path}${key}`
    if (is(field, Column)) {
      const at = places.taken++
      const read = (row: unknown[]) => (row[at] === null ? null : field.mapFromDriverValue(row[at]))
      return { key, field: sql`${field}`.as(name), read }
    }
    if (is(field, SQL)) {
      const { decoder } = field as unknown as { decoder: { mapFromDriverValue(value: unknown): unknown } }
      const at = places.taken++
      const read = (row: unknown[]) => (row[at] === null ? null : decoder.mapFromDriverValue(row[at]))
      return { key, field: field.as(name), read }
    }
    const inner = nameAll(is(field, Table) ? (getTableColumns(field) as Fields) : field, `${name}.`, places)
    return { key, field: inner.fields, read: inner.read }
  })
  // An object that gets its members one by one becomes a slow one; a copy of one that has them does not.
  const blank = JSON.parse(`{${parts.map(({ key }) => `${JSON.stringify(key)}:null`).join()}}`) as object
  return {
    fields: Object.fromEntries(parts.map(({ key, field }) => [key, field])),
    read: (row) => {
      const out: Record<string, unknown> = { ...blank }
      for (const { key, read } of parts) out[key] = read(row)
      return out
    },
  }
}
