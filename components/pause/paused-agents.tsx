'use client'

import { createContext, use, type ReactNode } from 'react'

const PausedContext = createContext<readonly (string | null)[]>([])

/** @param names of agents that are paused; null for the whole project */
export function PausedAgents({
  names,
  children,
}: {
  names: readonly (string | null)[]
  children: ReactNode
}) {
  return <PausedContext value={names}>{children}</PausedContext>
}

/** Says of an agent whether nothing of it is released. */
export function useIsPaused(): (agent: string) => boolean {
  const names = use(PausedContext)
  return (agent) => names.includes(agent) || names.includes(null)
}
