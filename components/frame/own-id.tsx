'use client'

import { createContext, use, type ReactNode } from 'react'

const OwnIdContext = createContext('')

/** Says to all that it holds who is signed in. */
export function OwnIdProvider({ id, children }: { id: string; children: ReactNode }) {
  return <OwnIdContext value={id}>{children}</OwnIdContext>
}

/** The id of whoever is signed in. */
export function useOwnId(): string {
  return use(OwnIdContext)
}
