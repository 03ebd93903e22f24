'use client'

import { createContext, use, useState, useSyncExternalStore, type ReactNode } from 'react'

/** Below this the difference to the server's clock is the way the page took; above, a clock is wrong. */
const toleratedSkewMs = 5000

type Clock = { serverNow: number; skewMs: number }
const ClockContext = createContext<Clock>({ serverNow: 0, skewMs: 0 })

function startClock(serverNow: number): Clock {
  const differenceMs = serverNow - Date.now()
  return { serverNow, skewMs: Math.abs(differenceMs) > toleratedSkewMs ? differenceMs : 0 }
}

/**
 * Gives all times below the server's moment of rendering, so that the first browser render says the
 * same words, and afterwards the browser's clock corrected by what it differs from the server's.
 */
export function ClockProvider({ serverNow, children }: { serverNow: number; children: ReactNode }) {
  const [clock] = useState(() => startClock(serverNow))
  return <ClockContext value={clock}>{children}</ClockContext>
}

const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => listeners.forEach((tell) => tell()), 1000)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** The time now in milliseconds, to the second, by the server's clock; renders again as it goes on. */
export function useNow(): number {
  const { serverNow, skewMs } = use(ClockContext)
  return useSyncExternalStore(
    subscribe,
    () => Math.floor((Date.now() + skewMs) / 1000) * 1000,
    () => serverNow,
  )
}

const never = () => () => undefined

/** False in server markup and in the first browser render, true from then on. */
export function useIsHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  )
}
