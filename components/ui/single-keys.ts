'use client'

import { useSyncExternalStore } from 'react'

const key = 'holdpoint.single-keys'
const listeners = new Set<() => void>()

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  addEventListener('storage', listener)
  return () => {
    listeners.delete(listener)
    removeEventListener('storage', listener)
  }
}

function areOn(): boolean {
  try {
    return localStorage.getItem(key) !== 'off'
  } catch {
    return true
  }
}

/** Whether keys that are pressed alone do something (WCAG 2.1.4); kept in this browser. */
export function useSingleKeys(): [isOn: boolean, set: (isOn: boolean) => void] {
  const isOn = useSyncExternalStore(subscribe, areOn, () => true)
  return [
    isOn,
    (next) => {
      if (next) localStorage.removeItem(key)
      else localStorage.setItem(key, 'off')
      listeners.forEach((tell) => tell())
    },
  ]
}

/** Whether a key belongs to what somebody types or to an open dialog, and not to the page. */
export function isElsewhere({ target }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement) || document.querySelector('[role=dialog]')) return true
  return target.matches('input:not([type=checkbox]), textarea, select, [contenteditable]')
}
