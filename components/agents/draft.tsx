'use client'

import { createContext, use, useMemo, useState, type ReactNode } from 'react'

/** A file that somebody writes and has not deployed. */
export type Draft = {
  name: string
  config: string
  /** The version whose text it began with; null for a new agent. */
  from: number | null
}

type DraftState = { draft: Draft | null; setDraft: (draft: Draft | null) => void }

const DraftContext = createContext<DraftState>({ draft: null, setDraft: () => undefined })

/** Shares the text being edited with the form that tries calls. */
export function DraftProvider({ initial = null, children }: { initial?: Draft | null; children: ReactNode }) {
  const [draft, setDraft] = useState(initial)
  const state = useMemo(() => ({ draft, setDraft }), [draft])
  return <DraftContext value={state}>{children}</DraftContext>
}

export function useDraft(): DraftState {
  return use(DraftContext)
}
