'use client'

import { useMemo, useState } from 'react'
import { fetchJson } from '../frame/fetch-json'
import { useLive } from '../frame/live'
import { useRead } from '../frame/use-read'

type Page = { next_cursor: string | null }

export type Pages<P extends Page> = {
  /** Those that were read so far; none while the first is on its way. */
  pages: P[]
  isWaiting: boolean
  error: Error | undefined
  hasMore: boolean
  isLoadingMore: boolean
  loadMore: () => void
  reload: () => void
}

/**
 * Reads a list of the API page by page, all of it again after every event in the project and now and then.
 * @param path with a query; the cursor comes behind it
 * @param initial the first page as the server rendered it, or null where it did not
 * @param refreshMs how often it is read again without any event, 0 for never; a minute where it is missing
 */
export function usePages<P extends Page>(
  path: string,
  initial: P | null,
  refreshMs?: (pages: P[]) => number,
): Pages<P> {
  // the same list at each rendering, so that what is made of it is, too
  const first = useMemo(() => (initial ? [initial] : []), [initial])
  const [kept, setKept] = useState({ path, size: 1, pages: first })
  const { size, pages: before } = kept.path === path ? kept : { size: 1, pages: first }
  const { data, error, again } = useRead<P[]>(`${size} ${path}`, {
    fetcher: () => readSome<P>(path, size),
    ...(refreshMs && { refreshMs: refreshMs(before) }),
  })
  // While more of them are read, those before stay.
  const pages = data ?? before
  if (kept.pages !== pages || kept.path !== path) setKept({ path, size, pages })
  // it reads again by itself when it begins
  useLive((changes) => void (changes?.length !== 0 && again()))
  return {
    pages,
    isWaiting: pages.length === 0 && !error,
    error,
    hasMore: pages.at(-1)?.next_cursor != null,
    isLoadingMore: pages.length > 0 && size > pages.length,
    loadMore: () => setKept({ path, size: size + 1, pages }),
    reload: again,
  }
}

async function readSome<P extends Page>(path: string, size: number): Promise<P[]> {
  const pages: P[] = []
  let next: string | null = path
  while (next !== null && pages.length < size) {
    const page: P = await fetchJson(next)
    pages.push(page)
    next = page.next_cursor === null ? null : `${path}&cursor=${encodeURIComponent(page.next_cursor)}`
  }
  return pages
}

/** The items of all pages; one that moved between two reads stands on two of them, and counts once. */
export function uniqueById<T extends { id: string }>(items: T[]): T[] {
  return [...new Map(items.map((item) => [item.id, item])).values()]
}
