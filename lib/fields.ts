/** The members of an item that its reader asked for; undefined is all of them. */
export type Fields<K> = ReadonlySet<K> | undefined

/** A page of a list as the API gives it. */
export type Listed<T> = { items: T[]; next_cursor: string | null }

/** Whether a member is to be given. */
export function wants<K>(fields: Fields<K>, name: K): boolean {
  return fields === undefined || fields.has(name)
}

/** The members of an item that were asked for, in their usual order. */
export function pick<T extends object, K extends keyof T>(item: T, fields: Fields<K>): Pick<T, K> {
  if (fields === undefined) return item
  const wanted: ReadonlySet<unknown> = fields
  return Object.fromEntries(Object.entries(item).filter(([name]) => wanted.has(name))) as Pick<T, K>
}
