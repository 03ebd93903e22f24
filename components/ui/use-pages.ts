'use client'

import { useMemo } from 'react'
import useSWRInfinite from 'swr/infinite'
import { fetchJson } from '../frame/fetch-json'
import { useLive } from '../frame/live'

type Page = { next_cursor: string | null }

export type Pages<P extends Page> = {
  /** Those that were read so far; none while the first is on its way. */
  pages: P[]
  isWaiting: boolean
  error: Error | undefined
  hasMore: boolean
  isLoadingMore: boolean
  loadMore: () => void
  /** So many pages from the first. */
  readUpTo: (count: number) => void
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
  const keyOf = (_: number, before: P | null) => {
    if (before === null) return path
    return before.next_cursor === null ? null : `${path}&cursor=${encodeURIComponent(before.next_cursor)}`
  }
  // the same list at each rendering, so that what is made of it is, too
  const first = useMemo(() => (initial ? [initial] : []), [initial])
  const { data, error, size, setSize, mutate } = useSWRInfinite<P, Error>(keyOf, fetchJson, {
    ...(initial && { fallbackData: first }),
    revalidateAll: true,
    ...(refreshMs && { refreshInterval: (read?: P[]) => refreshMs(read ?? first) }),
  })
  // it reads again by itself when it begins
  useLive((changes) => void (changes?.length !== 0 && mutate()))
  const pages = data ?? first
  return {
    pages,
    isWaiting: pages.length === 0 && !error,
    error,
    hasMore: pages.at(-1)?.next_cursor != null,
    isLoadingMore: pages.length > 0 && size > pages.length,
    loadMore: () => void setSize(size + 1),
    readUpTo: (count) => void setSize(count),
    reload: () => void mutate(),
  }
}

/** The items of all pages; one that moved between two reads stands on two of them, and counts once. */
export function uniqueById<T extends { id: string }>(items: T[]): T[] {
  return [...new Map(items.map((item) => [item.id, item])).values()]
}
