import { makePgArray } from 'drizzle-orm/pg-core'
import { inBatches } from './batch'
import { isTransaction, runIn, runStatement, type Queryable, type Value } from './client'

/** What a statement takes for each of those it is run for: the names of the values and their types in PostgreSQL. */
export type Columns = Record<string, string>

/** Values of an item; lists go as arrays. */
export type Item<C extends Columns> = Record<keyof C, Value | readonly Value[]>

/** Lists that come with an item, each a list of such rows. */
export type Lists = Record<string, Columns>

/** The rows of an item's lists; what is left out of a row is null. */
export type Rows<L extends Lists> = {
  [name in keyof L]: readonly Partial<Record<keyof L[name], Value | readonly Value[]>>[]
}

/** A list of JSON as the relation `name`, with the place of each row, counting from 1, as the column `place`. */
export function rowsOf(columns: Columns, json: string, name: string, place: string): string {
  const names = Object.keys(columns).map((column) => `"${column}"`)
  const typed = Object.entries(columns).map(([column, type]) => `"${column}" ${type}`)
  return `rows from (json_to_recordset(${json}) as (${typed.join(', ')}))
    with ordinality as ${name} (${names.join(', ')}, ${place})`
}

/**
 * How items go to PostgreSQL: `one` that comes alone, with one row in each of its lists, with a parameter for each
 * value, which is quickest; `several`, and all else, with an array for each column, which costs least for each.
 */
export type Form = 'one' | 'several'

/** Rows of these columns as the relation `name`, with the place of each, counting from 1, as the column `place`. */
function relation(columns: Columns, name: string, place: string, form: Form, next: () => string): string {
  const names = Object.keys(columns).map((column) => `"${column}"`)
  const types = Object.values(columns)
  if (form === 'one')
    return `(values (${types.map((type) => `${next()}::${type}`).join(', ')}, 1::bigint)) ${name} (${names.join(', ')}, ${place})`
  // An array of arrays would have to have them all of one length; as texts they need not be.
  const isArray = (type: string) => type.endsWith('[]')
  const arrays = types.map((type) => `${next()}::${isArray(type) ? 'text' : type}[]`)
  const read = types.map((type, at) => `${names[at]}${isArray(type) ? `::${type} as ${names[at]}` : ''}`)
  return `(select ${read.join(', ')}, ${place} from unnest(${arrays.join(', ')})
    with ordinality given (${names.join(', ')}, ${place})) ${name}`
}

/** Names of parameters, one after the other. */
function parameterNames(): () => string {
  let taken = 0
  return () => `$${++taken}`
}

/** The items as a relation to select from, with the values as `item."name"` and the place as `item.n`. */
export const itemsOf = (columns: Columns, form: Form): string =>
  relation(columns, 'item', 'n', form, parameterNames())

/** A row of a list, with the place of its item. */
const withItem = (columns: Columns): Columns => ({ n: 'bigint', ...columns })

/**
 * How the parts of a statement read what was said of an item, which PostgreSQL pays for in each part for each column:
 * several items are handed on with all of it, of one only its place `n`, for its values are parameters. What must not be
 * done before a part let an item through has to ask for the place that it handed on, for nothing else ties them.
 */
export type Reading = {
  form: Form
  /** What a part hands on of the items of a relation: `own` is what the parts before have found out about each. */
  hand(from: string, ...own: string[]): string
  /** The relation of that name with all that was said of its items. */
  whole(from: string, name?: string): string
}

const readings: Record<Form, Reading> = {
  one: {
    form: 'one',
    hand: (from, ...own) => ['n', ...own].map((column) => `${from}.${column}`).join(', '),
    whole: (from, name = from) => `(${from} join item using (n)) ${name}`,
  },
  several: {
    form: 'several',
    hand: (from) => `${from}.*`,
    whole: (from, name = from) => `${from} ${name}`,
  },
}

/** Parts of a statement, `name as (…)`, one after the other. */
export type Parts = (of: Reading) => string

/**
 * The beginning of a statement in parts, which may read the items as the relation `item`, and their
 * lists by their names: each row with the place `n` of its item, and with its own, `place`, among all of them.
 */
export function withItems(columns: Columns, parts: Parts, form: Form, lists: Lists = {}): string {
  const next = parameterNames()
  const kind = form === 'one' ? 'not materialized' : 'materialized'
  const item = `item as ${kind} (select * from ${relation(columns, 'item', 'n', form, next)})`
  const relations = Object.entries(lists).map(
    ([name, of]) => `${name} as (select * from ${relation(withItem(of), name, 'place', form, next)})`,
  )
  return `with ${[item, ...relations, parts(readings[form])].join(',\n')}`
}

/** A value as the driver takes it; an array as PostgreSQL's text. */
type Sent = string | boolean | null

/** What is sent of an item: its values and those of the rows of its lists; `length` in characters. */
export type Written = { length: number; values: Sent[]; lists: Sent[][][] }

/** What makes of items, with these columns and lists, the parameters of a statement `withItems`. */
export function parametersFor(columns: Columns, lists: Lists = {}) {
  const names = Object.keys(columns)
  const listNames = Object.entries(lists).map(([list, of]) => ({ list, names: Object.keys(of) }))

  /** What is left out is null. */
  function write(item: object, rows: { [list: string]: readonly object[] } = {}): Written {
    const values = read(item, names)
    let length = lengthOf(values)
    const written = listNames.map((of) =>
      (rows[of.list] ?? []).map((row) => {
        const values = read(row, of.names)
        length += lengthOf(values)
        return values
      }),
    )
    return { length, values, lists: written }
  }

  function parameters(items: Written[]): { form: Form; values: Sent[] } {
    const [one] = items
    if (one && items.length === 1 && one.lists.every((rows) => rows.length === 1))
      return { form: 'one', values: [...one.values, ...one.lists.flatMap(([row = []]) => ['1', ...row])] }
    const ofLists = listNames.flatMap((of, list) => {
      const rows = items.flatMap((item, at) =>
        (item.lists[list] ?? []).map((row) => [String(at + 1), ...row]),
      )
      return ['n', ...of.names].map((_, column) => arrayOf(rows, column))
    })
    const values = items.map((item) => item.values)
    return { form: 'several', values: [...names.map((_, column) => arrayOf(values, column)), ...ofLists] }
  }

  return { write, parameters }
}

const read = (from: object, names: string[]): Sent[] =>
  names.map((name) => sent((from as Record<string, Value | readonly Value[] | undefined>)[name]))

function sent(value: Value | readonly Value[] | undefined): Sent {
  if (value === null || value === undefined) return null
  if (typeof value === 'object') return makePgArray(value.map(sent))
  return typeof value === 'boolean' ? value : String(value)
}

function lengthOf(values: Sent[]): number {
  let length = 0
  for (const value of values) if (typeof value === 'string') length += value.length
  return length
}

const arrayOf = (rows: Sent[][], column: number): string =>
  makePgArray(rows.map((row) => row[column] ?? null))

/**
 * Says that a column is that of one of the rows of `from`, beside the condition that says of which: so that rows to
 * update are found by this column, whatever the planner knows of the table. For rows to read, `cross join lateral`
 * with `offset 0` or a lock does the same.
 * @param relation what is selected from as `from`
 */
export const oneOf = (column: string, from: string, name: string, relation = from) =>
  `${column} = any(array(select ${from}.${name} from ${relation})) and ${column} = ${from}.${name}`

/** A text for each form. */
export const formTexts = <T>(make: (form: Form) => T): Record<Form, T> => ({
  one: make('one'),
  several: make('several'),
})

/**
 * A statement of the hot path, run for one caller or for several who came at about the same time, each a row of the
 * relation `item`. It must do for each row what it would do for that row alone.
 * @param columns the columns of `item`; beside them stands its place `n`, which the rows of the answer bear too
 * @param lists of what comes with an item, as relations of their own (`withItems`)
 * @param parts what follows `with item as (…),`
 * @param apart what of a row no other in the same statement may share
 * @returns a function that runs it, prepared, for several together or, in a transaction, for the one; times go and come
 * as text
 * @throws Error where a value or a list is not given
 */
export function statement<C extends Columns, L extends Lists, Out extends object>(
  columns: C,
  lists: L,
  parts: Parts,
  apart?: (item: Item<C>) => string | null,
): (db: Queryable, item: Item<C>, ...lists: object extends L ? [] : [Rows<L>]) => Promise<Out | undefined> {
  const texts = formTexts((form) => withItems(columns, parts, form, lists))
  const names = Object.keys(columns)
  const listNames = Object.keys(lists)
  const { write, parameters } = parametersFor(columns, lists)
  type Given = { item: Item<C>; rows: Rows<L> | undefined }

  function writeGiven({ item, rows }: Given): Written {
    const missing = names.find((name) => item[name] === undefined) ?? listNames.find((name) => !rows?.[name])
    if (missing !== undefined) throw new Error(`The statement lacks a value for ${missing}.`)
    return write(item, rows)
  }

  const together = inBatches<Given, Written, Out>({
    write: writeGiven,
    run: async (db, items) => {
      const { form, values } = parameters(items)
      const rows = await runStatement<Out & { n: string }>(db, texts[form], values)
      return rows.map((row) => ({ n: Number(row.n), out: row }))
    },
    ...(apart ? { apart: ({ item }) => apart(item) } : {}),
  })
  return async (db, item, ...[rows]) => {
    const given = { item, rows }
    if (!isTransaction(db)) return together(db, given)
    const { form, values } = parameters([writeGiven(given)])
    const [row] = await runIn<Out>(db, texts[form], values)
    return row
  }
}
