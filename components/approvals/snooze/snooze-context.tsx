'use client'

import { createContext, useContext } from 'react'

type Snoozing = {
  untilOf: (id: string) => string | undefined
  onSnoozed: (id: string, until: string | null) => void
}

export const SnoozeContext = createContext<Snoozing | null>(null)

/** Null where a request is shown outside of the queue. */
export function useSnoozing(): Snoozing | null {
  return useContext(SnoozeContext)
}
