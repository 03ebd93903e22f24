'use client'

import { createContext, use, useMemo, useState, type ReactNode } from 'react'
import { useIsHydrated } from '../ui/clock'

/** A file that somebody writes and has not deployed. */
export type Draft = {
  name: string
  config: string
  /** The version whose text it began with; null for a new agent. */
  from: number | null
}

type DraftState = {
  draft: Draft | null
  setDraft: (draft: Draft | null) => void
  /** Something was written that is not deployed. */
  isDirty: boolean
  /** It was written before, and the page left in between. */
  isBack: boolean
}

const DraftContext = createContext<DraftState>({
  draft: null,
  setDraft: () => undefined,
  isDirty: false,
  isBack: false,
})

type DraftProviderProps = {
  /** What it is kept under in this tab, so that it outlives leaving, reloading and signing in again. */
  keptAs: string
  /** What somebody begins with; null: with nothing, until they want to write. */
  initial?: Draft | null
  children: ReactNode
}

/** Shares the text being edited with the form that tries calls, and keeps it. */
export function DraftProvider({ keptAs, initial = null, children }: DraftProviderProps) {
  const key = `holdpoint.draft:${keptAs}`
  const [{ draft, began, isBack }, setState] = useState({ draft: initial, began: initial, isBack: false })
  const [hasLooked, setHasLooked] = useState(false)
  const isDirty = isChanged(draft, began)

  // once the page is the browser's, whose storage the server does not see
  if (useIsHydrated() && !hasLooked) {
    setHasLooked(true)
    const kept = readKept(key)
    if (kept) setState({ draft: kept, began: null, isBack: true })
  }

  const state = useMemo(() => {
    function setDraft(next: Draft | null) {
      const from = draft === null ? next : began
      if (next !== null && isChanged(next, from)) sessionStorage.setItem(key, JSON.stringify(next))
      else sessionStorage.removeItem(key)
      setState({ draft: next, began: from, isBack: next !== null && isBack })
    }
    return { draft, setDraft, isDirty, isBack }
  }, [began, draft, isBack, isDirty, key])
  return <DraftContext value={state}>{children}</DraftContext>
}

function isChanged(draft: Draft | null, began: Draft | null): boolean {
  return draft !== null && (draft.config !== began?.config || draft.name !== began.name)
}

function readKept(key: string): Draft | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(key) ?? 'null') as Draft | null
    return typeof kept?.config === 'string' && typeof kept.name === 'string' ? kept : null
  } catch {
    return null
  }
}

export function useDraft(): DraftState {
  return use(DraftContext)
}
