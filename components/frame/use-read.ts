'use client'

import { createContext, use, useCallback, useEffect, useRef, useSyncExternalStore } from 'react'
import { fetchJson } from './fetch-json'
import { entryOf, type Known } from './read-entry'

export type Read<T> = Known<T> & {
  /** Reads it again. */
  again: () => void
}

type Options<T> = {
  /** How it is read, by its key; JSON of our API where it is missing. */
  fetcher?: (key: string) => Promise<T>
  /** How often it is read again, 0 for never; a minute where it is missing. */
  refreshMs?: number
  /** Not read again when the page is come back to, or the network. */
  isSteady?: boolean
  /** Not read again where it was read before. */
  isFixed?: boolean
  /** Not tried again after a failure. */
  isOnce?: boolean
  /** What is shown until it was read. */
  first?: T
}

/** Should an event be lost: what is on the page is read again now and then. */
const healMs = 60_000
/** Asked for again within this time, the same read answers. */
const togetherMs = 300
const focusMs = 2000
const retryMs = 3000
const longestRetryMs = 60_000

/** Hears of every failure. */
export const ReadErrors = createContext<(error: unknown) => void>(() => undefined)

const nothing: Known<never> = { data: undefined, error: undefined, isLoading: false }

/**
 * What an address of the API says, the same for all that look at it: read when it is first looked at, then again and
 * again, on coming back to the page and to the network, and after a failure. While it is read again the last stays.
 * @param key the address, or what tells this read from others; null reads nothing
 */
export function useRead<T>(key: string | null, options: Options<T> = {}): Read<T> {
  const { refreshMs = healMs, isSteady = false, isFixed = false, isOnce = false, first } = options
  const tellError = use(ReadErrors)
  const fetcher = useRef(options.fetcher)
  useEffect(() => {
    fetcher.current = options.fetcher
  })
  const subscribe = useCallback(
    (listener: () => void) => {
      if (key === null) return () => undefined
      const { listeners } = entryOf(key)
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    [key],
  )
  const known = useSyncExternalStore(
    subscribe,
    () => (key === null ? nothing : (entryOf(key).known as Known<T>)),
    () => nothing,
  )
  const again = useCallback(() => {
    if (key === null) return
    const read = (fetcher.current ?? fetchJson<T>) as (key: string) => Promise<T>
    void entryOf(key).read(() => read(key), tellError)
  }, [key, tellError])
  const againSoon = useCallback(
    (withinMs: number) => {
      if (key !== null && performance.now() - entryOf(key).begunAt >= withinMs) again()
    },
    [key, again],
  )

  // Unless it is only looked at by one more.
  useEffect(() => {
    if (key !== null && !(isFixed && entryOf(key).known.data !== undefined)) againSoon(togetherMs)
  }, [key, isFixed, againSoon])
  useEffect(() => {
    if (key === null || refreshMs === 0) return
    const timer = setInterval(() => document.hidden || !navigator.onLine || againSoon(togetherMs), refreshMs)
    return () => clearInterval(timer)
  }, [key, refreshMs, againSoon])
  useEffect(() => {
    if (key === null || isSteady) return
    const onSeen = () => document.hidden || againSoon(focusMs)
    const onOnline = () => againSoon(togetherMs)
    window.addEventListener('focus', onSeen)
    document.addEventListener('visibilitychange', onSeen)
    window.addEventListener('online', onOnline)
    return () => {
      window.removeEventListener('focus', onSeen)
      document.removeEventListener('visibilitychange', onSeen)
      window.removeEventListener('online', onOnline)
    }
  }, [key, isSteady, againSoon])
  const { error, isLoading } = known
  useEffect(() => {
    if (key === null || isOnce || !error || isLoading) return
    const ms = Math.min(longestRetryMs, retryMs * 2 ** (entryOf(key).failures - 1))
    const timer = setTimeout(() => againSoon(togetherMs), ms)
    return () => clearTimeout(timer)
  }, [key, isOnce, error, isLoading, againSoon])

  const data = known.data ?? first
  const isAwaited = key !== null && data === undefined && error === undefined
  return { data, error, isLoading: isLoading || isAwaited, again }
}
