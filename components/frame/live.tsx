'use client'

import { createContext, use, useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import { api } from '@/lib/paths'
import { openStream } from './stream'

type Listener = () => void
type Live = {
  /** The stream has been down for a while; what is shown may be behind. */
  isBehind: boolean
  subscribe: (listener: Listener) => () => void
  /** Has everything on the page read again, after a change that was made here. */
  tell: () => void
}

const LiveContext = createContext<Live>({
  isBehind: false,
  subscribe: () => () => undefined,
  tell: () => undefined,
})

/** One stream of a project's events for everything on the page. */
export function LiveProvider({ project, children }: { project: string; children: ReactNode }) {
  const [isBehind, setIsBehind] = useState(false)
  const listeners = useRef(new Set<Listener>())
  const tell = useCallback(() => listeners.current.forEach((listener) => listener()), [])

  useEffect(() => {
    return openStream(api.stream(project), tell, setIsBehind)
  }, [project, tell])

  const live = useMemo(
    () => ({
      isBehind,
      tell,
      subscribe: (listener: Listener) => {
        listeners.current.add(listener)
        return () => void listeners.current.delete(listener)
      },
    }),
    [isBehind, tell],
  )
  return <LiveContext value={live}>{children}</LiveContext>
}

/** Calls back when something happened in the project, at most about once a second. */
export function useLive(onEvent?: Listener): Omit<Live, 'subscribe'> {
  const { isBehind, subscribe, tell } = use(LiveContext)
  const latest = useRef(onEvent)
  useEffect(() => {
    latest.current = onEvent
  })
  useEffect(() => subscribe(() => latest.current?.()), [subscribe])
  return { isBehind, tell }
}
