'use client'

import { useRouter } from 'next/navigation'
import { useEffect, useRef, useSyncExternalStore } from 'react'
import type { Notice } from '@/lib/notices/schemas'
import { plainText } from '@/lib/untrusted/channels'
import { noticePath } from './notice-path'

const choiceKey = 'holdpoint.browser-notices'

export type BrowserNotices = { state: 'unavailable' | 'denied' | 'off' | 'on'; toggle: () => void }

/**
 * Has the browser show what is new while the page is out of sight, if the person switched it on here by a press.
 * What is there when the page opens is not shown.
 */
export function useBrowserNotices(project: string, items: Notice[] | undefined): BrowserNotices {
  const state = useSyncExternalStore<BrowserNotices['state']>(subscribe, readState, () => 'unavailable')
  const known = useRef<Set<string>>(undefined)
  const router = useRouter()

  useEffect(() => {
    if (items === undefined) return
    const before = known.current
    known.current = new Set([...(before ?? []), ...items.map((item) => item.id)])
    if (before === undefined || state !== 'on' || !document.hidden) return
    for (const item of items) {
      if (!before.has(item.id) && item.read_at === null && item.cleared_at === null)
        show(project, item, () => router.push(noticePath(project, item)))
    }
  }, [items, project, router, state])

  return { state, toggle: () => void (state === 'off' ? switchOn() : switchOff()) }
}

const listeners = new Set<() => void>()

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

async function switchOn(): Promise<void> {
  if ((await Notification.requestPermission()) === 'granted') localStorage.setItem(choiceKey, 'on')
  listeners.forEach((listener) => listener())
}

function switchOff(): void {
  localStorage.removeItem(choiceKey)
  listeners.forEach((listener) => listener())
}

function readState(): BrowserNotices['state'] {
  if (typeof Notification === 'undefined') return 'unavailable'
  if (Notification.permission === 'denied') return 'denied'
  return Notification.permission === 'granted' && localStorage.getItem(choiceKey) === 'on' ? 'on' : 'off'
}

/** A press leads to what it tells of: the page's window comes to the front and goes there. */
function show(project: string, { id, approval, text }: Notice, open: () => void) {
  const short = { singleLine: true, maxCharacters: 100 }
  const title = approval ? `${plainText(approval.tool, short)} awaits approval` : 'Holdpoint'
  const body = approval ? `${approval.agent} · ${project}` : plainText(text ?? '', short)
  try {
    const notification = new Notification(title, { body, tag: id })
    notification.onclick = () => {
      window.focus()
      open()
      notification.close()
    }
  } catch {
    // Some phones only let service workers notify; the bell still tells.
  }
}
