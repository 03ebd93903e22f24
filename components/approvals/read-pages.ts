import type { Listed } from '@/lib/fields'

export type PagesRead<T> = { items: T[]; cursor: string | null; isShort: boolean }

/** A search ends a page before it is full where it has looked through enough; what follows may be as empty. */
export function isShortPage({ items, next_cursor: next }: Listed<unknown>, limit: number): boolean {
  return next !== null && items.length < limit
}

/**
 * Reads the first pages until so many are there; after a page that came short no further one is asked for.
 * @param wanted asked again after each page: more may be shown by then
 */
export async function readPages<T>(
  wanted: () => number,
  read: (page: { cursor: string | undefined; limit: number }) => Promise<Listed<T>>,
): Promise<PagesRead<T>> {
  const items: T[] = []
  let cursor: string | null = null
  let isShort = false
  do {
    const limit = Math.min(100, wanted() - items.length)
    const page: Listed<T> = await read({ cursor: cursor ?? undefined, limit })
    items.push(...page.items)
    cursor = page.next_cursor
    isShort = isShortPage(page, limit)
  } while (cursor !== null && !isShort && items.length < wanted())
  return { items, cursor, isShort }
}
