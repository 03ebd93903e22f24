import { runStatement, type Database, type Value } from './client'

/**
 * A statement of the hot path, its text made once: `:name` stands for a value, the same name for the same one.
 * @returns a function that runs it, prepared, and answers its rows; times come back as text
 * @throws Error where a value that the text names is not given
 */
export function statement<Row>(
  text: string,
): (db: Database, values: Record<string, Value>) => Promise<Row[]> {
  const names: string[] = []
  const numbered = text.replace(/(?<!:):([a-z_]+)/g, (_, name: string) => {
    if (!names.includes(name)) names.push(name)
    return `$${names.indexOf(name) + 1}`
  })
  return (db, values) =>
    runStatement<Row>(
      db,
      numbered,
      names.map((name) => {
        const value = values[name]
        if (value === undefined) throw new Error(`The statement lacks a value for ${name}.`)
        return value
      }),
    )
}
