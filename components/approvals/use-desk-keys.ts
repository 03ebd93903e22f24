'use client'

import { useEffect, useRef } from 'react'
import { isElsewhere, useSingleKeys } from '../ui/single-keys'

export type DeskKeys = Partial<Record<string, () => void>>

/**
 * Single keys of the desk, by the key as the keyboard gives it. They do nothing while somebody types or a dialog is
 * open, and can be switched off (WCAG 2.1.4); `?` then still shows what there would be. No key decides.
 */
export function useDeskKeys(keys: DeskKeys): void {
  const [isOn] = useSingleKeys()
  const latest = useRef(keys)
  useEffect(() => {
    latest.current = keys
  })
  useEffect(() => {
    if (!isOn) return
    function onKey(event: KeyboardEvent) {
      const { key } = event
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.repeat) {
        if (!(event.repeat && (key === 'j' || key === 'k'))) return
      }
      if (isElsewhere(event)) return
      const act = latest.current[key]
      if (act === undefined) return
      event.preventDefault()
      act()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [isOn])
}
