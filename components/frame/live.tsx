'use client'

import { useRouter } from 'next/navigation'
import { createContext, use, useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import { api } from '@/lib/paths'
import { openStream, streamEvents, type Change } from './stream'

type Listener = (changes: Change[] | null) => void
type Live = {
  /** The stream has been down for a while; what is shown may be behind. */
  isBehind: boolean
  subscribe: (listener: Listener) => () => void
  /** Has everything on the page read again, after a change that was made here. */
  tell: () => void
  /** Passes on what is known to have changed, as an event would. */
  pass: (changes: Change[]) => void
}

const LiveContext = createContext<Live>({
  isBehind: false,
  subscribe: () => () => undefined,
  tell: () => undefined,
  pass: () => undefined,
})

/** One stream of a project's events for everything on the page. */
export function LiveProvider({ project, children }: { project: string; children: ReactNode }) {
  const [isBehind, setIsBehind] = useState(false)
  const listeners = useRef(new Set<Listener>())
  const isListening = useRef(false)
  const pass = useCallback((changes: Change[] | null) => {
    isListening.current = true
    listeners.current.forEach((listener) => listener(changes))
  }, [])

  const router = useRouter()
  useEffect(() => {
    // the server draws what is paused, above every page
    return openStream(api.stream(project, streamEvents), pass, setIsBehind, () => router.refresh())
  }, [project, pass, router])

  const live = useMemo(
    () => ({
      isBehind,
      tell: () => pass(null),
      pass,
      subscribe: (listener: Listener) => {
        listeners.current.add(listener)
        // what comes to the page later was made by the server before it could hear of anything
        if (isListening.current) listener([])
        return () => void listeners.current.delete(listener)
      },
    }),
    [isBehind, pass],
  )
  return <LiveContext value={live}>{children}</LiveContext>
}

/**
 * Calls back when something happened in the project, at most about once a second; null where nobody knows what, and an
 * empty list once it listens: what is older than that was not told here.
 */
export function useLive(onEvent?: Listener): Omit<Live, 'subscribe'> {
  const { isBehind, subscribe, tell, pass } = use(LiveContext)
  const latest = useRef(onEvent)
  useEffect(() => {
    latest.current = onEvent
  })
  useEffect(() => subscribe((changes) => latest.current?.(changes)), [subscribe])
  return { isBehind, tell, pass }
}
