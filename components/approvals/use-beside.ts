'use client'

import { useCallback, useEffect, useRef, useState, type RefObject } from 'react'
import { useIsHydrated } from '../ui/clock'
import { isComingBack } from '../ui/coming-back'
import { focusOnceDrawn } from '../ui/focus-once-drawn'
import { keepHere, keptHere } from '../ui/kept-here'

type Kept = { of: string; id: string }

const name = 'beside'

function keptBeside(of: string): string | undefined {
  const kept = keptHere<Kept>(name)
  return kept?.of === of ? kept.id : undefined
}

type BesideGiven = {
  /** Names the list. */
  of: string
  namedId: string | undefined
  /** Of the rows the first, as the server sent them; undefined where none stands beside the list by itself. */
  firstId: string | undefined
  /** False while something else lies over the desk. */
  isHere: boolean
}

/**
 * The request beside a list whose address names none: the first, or the one that was open when the reader left this
 * entry of the browser's history, which reloading and coming back show again.
 */
export function useBeside({ of, namedId, firstId, isHere }: BesideGiven) {
  const isHydrated = useIsHydrated()
  const [{ id, isUnsure }, set] = useState({ id: firstId, isUnsure: false })
  // The server knows nothing of it.
  const [isSought, setSought] = useState(false)
  if (isHydrated && !isSought) {
    setSought(true)
    const kept = keptBeside(of)
    if (kept !== undefined) set({ id: kept, isUnsure: true })
  }
  const [wasNamed, setWasNamed] = useState(namedId)
  if (wasNamed !== namedId) {
    setWasNamed(namedId)
    if (namedId === undefined) set({ id, isUnsure: true })
  }

  const setBeside = useCallback((next: string | undefined) => set({ id: next, isUnsure: false }), [])
  const keep = useCallback((one: string) => keepHere(name, { of, id: one } satisfies Kept), [of])
  useEffect(() => {
    if (isSought && isHere && namedId === undefined && id !== undefined) keep(id)
  }, [isSought, isHere, namedId, id, keep])
  return {
    besideId: id,
    /** It was come back to, and may have left the list meanwhile. */
    isUnsure: isUnsure && namedId === undefined,
    setBeside,
    keep,
  }
}

/** A row that a long list has not drawn by then is not in it, or far from where the list stands. */
const rowWaitMs = 1000

/** Of these the focus is not taken as another request opens. */
export const typing = 'input:not([type=checkbox]), textarea:not([readonly]), select'

/** As the address names another request, or none any more, the focus comes to the row of the one that is open. */
export function useRowFocus(
  namedId: string | undefined,
  heading: RefObject<HTMLHeadingElement | null>,
): void {
  const wasNamed = useRef(namedId)
  const focusRow = useCallback(() => {
    const latest = performance.now() + rowWaitMs
    focusOnceDrawn(() => {
      const row = document.querySelector<HTMLElement>('[data-row-link][aria-current]')
      if (row?.checkVisibility()) return row
      return row || performance.now() > latest ? heading.current : null
    })
  }, [heading])
  useEffect(() => {
    if (isComingBack() && keptHere('left') === undefined) focusRow()
  }, [focusRow])
  useEffect(() => {
    if (wasNamed.current === namedId) return
    wasNamed.current = namedId
    const { activeElement: active } = document
    // On a wide screen the request stays where it is as the reader comes back to its list.
    const isInRequest = active instanceof HTMLElement && active.closest('[data-request]') !== null
    if (namedId === undefined && isInRequest && !active.matches(typing)) active.blur()
    focusRow()
  }, [namedId, focusRow])
}
