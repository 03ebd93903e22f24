'use client'

import { useEffect, useRef, useState, type FocusEvent, type PointerEvent } from 'react'

/** A finger leaves no pointer over the list: the hold lasts this long after the last touch. */
const touchHoldMs = 8000

/**
 * Whether the reviewer is in the list: the mouse is over it, the keyboard's focus is in it, or it was
 * touched a moment ago. While so, no row may move.
 */
export function useHold() {
  const [isPointerIn, setPointerIn] = useState(false)
  const [isFocusIn, setFocusIn] = useState(false)
  const [isTouched, setTouched] = useState(false)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)

  useEffect(() => () => clearTimeout(timer.current), [])

  function touch() {
    setTouched(true)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => setTouched(false), touchHoldMs)
  }

  return {
    isHeld: isPointerIn || isFocusIn || isTouched,
    handlers: {
      onPointerEnter: (event: PointerEvent) => event.pointerType !== 'touch' && setPointerIn(true),
      onPointerMove: (event: PointerEvent) => event.pointerType !== 'touch' && setPointerIn(true),
      onPointerLeave: () => setPointerIn(false),
      onPointerDown: (event: PointerEvent) => event.pointerType === 'touch' && touch(),
      onFocus: (event: FocusEvent) => event.target.matches(':focus-visible') && setFocusIn(true),
      onBlur: (event: FocusEvent) => !event.currentTarget.contains(event.relatedTarget) && setFocusIn(false),
    },
  }
}
