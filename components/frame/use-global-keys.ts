'use client'

import { useEffect, useRef } from 'react'
import { pages } from '@/lib/paths'
import { isElsewhere, useSingleKeys } from '../ui/single-keys'
import { places } from './places'

/** How long after `g` the second key is waited for. */
const secondKeyMs = 1500

type Doing = { openPalette: () => void; openKeys: () => void }

/**
 * The keys of every page: Ctrl K (⌘K on a Mac) opens the palette, `g` and a letter go to a place, `/` goes to the page's
 * search, `?` shows the keys. Those pressed alone can be switched off; on the desk `/` and `?` are its own.
 */
export function useGlobalKeys(project: string, doing: Doing): void {
  const [isOn] = useSingleKeys()
  const latest = useRef(doing)
  useEffect(() => {
    latest.current = doing
  })
  useEffect(() => {
    let beganAt = -Infinity
    function onKey(event: KeyboardEvent) {
      if (isPaletteKey(event)) {
        if (document.querySelector('[role=dialog]:not([data-palette])')) return
        event.preventDefault()
        return latest.current.openPalette()
      }
      const { key, timeStamp, ctrlKey, metaKey, altKey } = event
      if (!isOn || ctrlKey || metaKey || altKey || event.repeat || isElsewhere(event)) return
      if (timeStamp - beganAt < secondKeyMs) {
        beganAt = -Infinity
        const place = places.find((one) => one.key === key)
        // before the desk's own, for which some of these letters mean something else
        if (place) {
          event.preventDefault()
          press(`nav a[href="${pages.place(project, place.part)}"]`)
        }
      } else if (key === 'g') beganAt = timeStamp
      else if (document.querySelector('[data-desk]')) return
      else if (key === '?') latest.current.openKeys()
      else if (key === '/') {
        const search = document.querySelector<HTMLElement>('main input[type=search]')
        if (search) event.preventDefault()
        search?.focus()
      }
    }
    document.addEventListener('keydown', onKey, { capture: true })
    return () => document.removeEventListener('keydown', onKey, { capture: true })
  }, [isOn, project])
}

function isPaletteKey({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): boolean {
  // On a Mac Ctrl K is an editor's: it deletes to the end of the line.
  const isMac = /Mac|iP(hone|ad|od)/.test(navigator.platform)
  return (
    key.toLowerCase() === 'k' && !altKey && !shiftKey && (isMac ? metaKey && !ctrlKey : ctrlKey && !metaKey)
  )
}

/** A key does what its control does. */
function press(control: string): void {
  document.querySelector<HTMLElement>(control)?.click()
}
