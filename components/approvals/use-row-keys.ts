'use client'

import { useEffect, type RefObject } from 'react'

/**
 * Keys of a list: `j` and `k` move the focus from row to row; within a row a key presses the control that
 * names it as its `aria-keyshortcuts`. No key decides: those controls only open the second step.
 */
export function useRowKeys(list: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      const { target, key } = event
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
      if (!(target instanceof HTMLElement) || isTyping(target) || document.querySelector('[role=dialog]'))
        return
      const row = target.closest('li')
      const isHandled =
        key === 'j' || key === 'k' ? move(list.current, row, key) : press(list.current, row, key)
      if (isHandled) event.preventDefault()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [list])
}

function move(list: HTMLElement | null, row: Element | null, key: 'j' | 'k'): boolean {
  const links = [...(list?.querySelectorAll<HTMLElement>('[data-row-link]') ?? [])]
  const at = links.findIndex((link) => link.closest('li') === row)
  const next = at < 0 ? links.at(key === 'j' ? 0 : -1) : links[at + (key === 'j' ? 1 : -1)]
  next?.focus({ preventScroll: true })
  next?.closest('li')?.scrollIntoView({ block: 'nearest' })
  return next !== undefined
}

function press(list: HTMLElement | null, row: Element | null, key: string): boolean {
  if (!row || !list?.contains(row) || !/^[a-z]$/.test(key)) return false
  const control = row.querySelector<HTMLElement>(`[aria-keyshortcuts="${key}"]`)
  control?.click()
  return control !== null
}

function isTyping(target: HTMLElement): boolean {
  return target.matches('input:not([type=checkbox]), textarea, select')
}
