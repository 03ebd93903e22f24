'use client'

import { useLayoutEffect, useRef, type RefObject } from 'react'

/** React may hide the page for a moment while what is narrowed comes: the focus comes back with it. */
export function useKeptFocus(): RefObject<HTMLFormElement | null> {
  const form = useRef<HTMLFormElement>(null)
  const kept = useRef<HTMLElement>(null)
  useLayoutEffect(() => {
    const frame = form.current
    if (document.activeElement === document.body) kept.current?.focus({ preventScroll: true })
    return () => {
      const { activeElement: active } = document
      kept.current = active instanceof HTMLElement && frame?.contains(active) ? active : null
    }
  }, [])
  return form
}
