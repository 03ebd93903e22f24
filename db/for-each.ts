import { Column, getTableColumns, is, sql, SQL, Table } from 'drizzle-orm'
import { inBatches } from './batch'
import { oncePerPool, type Database } from './client'
import { itemsOf, type Columns } from './statement'

/** A select that drizzle builds; it is never awaited. */
type Select<Row> = PromiseLike<Row[]>
type Built = { offset(rows: SQL): { as(alias: string): { _: { selectedFields: object } } & SQL } }
type Fields = { [name: string]: Column | SQL | SQL.Aliased | Table | Fields }

/** A value of the item that a select is for. */
export const given = (name: string): SQL => sql`item.${sql.identifier(name)}`

/**
 * A select of one row at most, run for one caller or for several who came at about the same time. For each it is
 * planned like a select for that one alone, whatever the planner knows of the tables.
 * @param columns names and PostgreSQL's types of the values that `given` names
 * @param build makes the select, with the `select` that it is given
 */
export function forEach<Item extends object, Row>(
  columns: Columns,
  build: (select: Database['select']) => Select<Row>,
): (db: Database, item: Item) => Promise<Row | undefined> {
  const prepared = oncePerPool((db) => prepare(db, columns, build))
  return inBatches<Item, Row>({
    run: async (db, items) => {
      const rows = await prepared(db).execute({ items })
      return rows.map(({ n, row }) => ({ n, out: row }))
    },
  })
}

let prepares = 0

function prepare<Row>(db: Database, columns: Columns, build: (select: Database['select']) => Select<Row>) {
  const select = ((fields: Fields) => db.select(named(fields) as Record<string, SQL>)) as Database['select']
  // This keeps the planner from mixing the tables of the select with the items.
  const seen = (build(select) as unknown as Built).offset(sql`0`).as('seen')
  return db
    .select({ n: sql<number>`item.n`.mapWith(Number), row: seen._.selectedFields as Record<string, SQL> })
    .from(itemsOf(columns, sql.placeholder('items')))
    .crossJoinLateral(seen)
    .prepare(`for_each_${++prepares}`) as unknown as {
    execute(values: { items: string }): Promise<{ n: number; row: Row }[]>
  }
}

/** The same fields, each under a name of its own. */
function named(fields: Fields, path = 'row.'): object {
  return Object.fromEntries(
    Object.entries(fields).map(([key, field]) => {
      const name = `${path}${key}`
      if (is(field, Column)) return [key, sql`${field}`.mapWith(field).as(name)]
      if (is(field, SQL)) return [key, field.as(name)]
      if (is(field, SQL.Aliased)) return [key, field.sql.as(name)]
      return [key, named(is(field, Table) ? (getTableColumns(field) as Fields) : field, `${name}.`)]
    }),
  )
}
