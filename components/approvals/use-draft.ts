'use client'

import { useCallback, useSyncExternalStore } from 'react'
import { useOwnId } from '../frame/own-id'

const keyOf = (of: string, ownId: string, id: string) => `holdpoint.${of}.${ownId}.${id}`
const listeners = new Set<() => void>()

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** A browser that keeps nothing keeps it as long as the page. */
const unkept = new Map<string, string>()

function read(key: string): string {
  try {
    return sessionStorage.getItem(key) ?? unkept.get(key) ?? ''
  } catch {
    return unkept.get(key) ?? ''
  }
}

function write(key: string, text: string): void {
  unkept.set(key, text)
  try {
    if (text === '') sessionStorage.removeItem(key)
    else sessionStorage.setItem(key, text)
  } catch {
    // Full or switched off: the page's own memory has it.
  }
  listeners.forEach((tell) => tell())
}

/**
 * What was begun for a request, its reason, its edit or a comment: kept in this tab over Escape, a lost race, reloading and
 * signing out, for whoever began it alone.
 */
export function useDraft(
  id: string,
  of: 'reason' | 'edit' | 'comment' = 'reason',
): [text: string, write: (text: string) => void] {
  const key = keyOf(of, useOwnId(), id)
  const text = useSyncExternalStore(
    subscribe,
    () => read(key),
    () => '',
  )
  return [text, useCallback((next: string) => write(key, next), [key])]
}
