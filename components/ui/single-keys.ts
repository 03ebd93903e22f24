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

/** For so long after a letter of a text whose field is gone the next ones are taken for more of it. */
const pauseMs = 1500
let typed: { field: Element; at: number } | undefined

/** Notes where a text is typed: its field may go meanwhile, as with a request that ends, and its words must do nothing. */
function noteTyping({ key, target, timeStamp: at, ctrlKey, metaKey }: KeyboardEvent): void {
  const isDone = key === 'Escape' || key === 'Tab' || (key === 'Enter' && target instanceof HTMLInputElement)
  if (isDone || ctrlKey || metaKey) typed = undefined
  else if (isTextField(target)) typed = { field: target, at }
  else if (typed && isTypedOn(at)) typed.at = at
}

const isTypedOn = (now: number) => typed !== undefined && !typed.field.isConnected && now - typed.at < pauseMs

if (typeof window !== 'undefined') {
  addEventListener('keydown', noteTyping, { capture: true })
  addEventListener('pointerdown', () => (typed = undefined), { capture: true })
}

/** Whether a key belongs to what somebody types or to an open dialog, and not to the page. */
export function isElsewhere({ target, timeStamp }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement) || document.querySelector('[role=dialog]')) return true
  return isTextField(target) || isTypedOn(timeStamp)
}

/** Whether letters go into it. */
export function isTextField(target: EventTarget | null): target is HTMLElement {
  const fields = 'input:not([type=checkbox]), textarea, select, [contenteditable]'
  return target instanceof HTMLElement && target.matches(fields)
}
