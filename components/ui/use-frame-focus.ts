'use client'

import { useRef } from 'react'
import './style-nonce'

/**
 * Focus of a dialog that no Radix trigger opened. Radix would focus the first button and give focus back to a
 * trigger only: the frame itself takes it, so that no key press lands on an act, and it returns to where it was.
 */
export function useFrameFocus() {
  const opener = useRef<Element | null>(null)
  return {
    onOpenAutoFocus: (event: Event) => {
      event.preventDefault()
      // of a frame that React hid for a moment the focus is nowhere when it shows it again
      if (document.activeElement !== document.body) opener.current = document.activeElement
      if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus()
    },
    onCloseAutoFocus: (event: Event) => {
      event.preventDefault()
      if (opener.current instanceof HTMLElement) opener.current.focus()
    },
  }
}
