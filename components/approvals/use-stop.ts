'use client'

import { useEffect, useRef, useState, type RefObject } from 'react'

export type Stop = {
  isStopped: RefObject<boolean>
  /** It was asked for, and the batch on its way is waited for. */
  isAsked: boolean
  ask: () => void
  reset: () => void
}

/** Stops what is sent in batches: when it is asked to, and when the page goes. */
export function useStop(): Stop {
  const isStopped = useRef(false)
  const [isAsked, setAsked] = useState(false)
  useEffect(() => {
    isStopped.current = false
    return () => void (isStopped.current = true)
  }, [])
  const set = (to: boolean) => {
    isStopped.current = to
    setAsked(to)
  }
  return { isStopped, isAsked, ask: () => set(true), reset: () => set(false) }
}
