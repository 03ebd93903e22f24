'use client'

import { useRouter } from 'next/navigation'
import { useEffect, useRef, useSyncExternalStore } from 'react'
import type { Notice } from '@/lib/notices/schemas'
import { noticePath } from './notice-path'
import { useOwnId } from './own-id'
import type { PushActions } from './push'

/** Holds `on`, or whose pushes this browser gets: another person who signs in here has chosen nothing. */
const choiceKey = 'holdpoint.browser-notices'

export type BrowserNotices = {
  /** `page`: while a page is open; `push`: always. */
  state: 'insecure' | 'uninstalled' | 'unavailable' | 'denied' | 'off' | 'page' | 'push'
  toggle: () => void
}

/**
 * Has the browser tell what is new, if the person switched it on here by a press: by push, or where that is not to be
 * had, by this page while it is out of sight. What is there when the page opens is not told.
 */
export function useBrowserNotices(
  project: string,
  items: Notice[] | undefined,
  push: PushActions,
): BrowserNotices {
  const ownId = useOwnId()
  const state = useSyncExternalStore<BrowserNotices['state']>(
    subscribe,
    () => readState(ownId),
    () => 'unavailable',
  )
  const known = useRef<Set<string>>(undefined)
  const router = useRouter()

  useEffect(() => {
    if (items === undefined) return
    const before = known.current
    known.current = new Set([...(before ?? []), ...items.map((item) => item.id)])
    if (before === undefined || state !== 'page' || !document.hidden) return
    for (const item of items) {
      if (!before.has(item.id) && item.read_at === null && item.cleared_at === null)
        void tell(project, item, () => router.push(noticePath(project, item)))
    }
  }, [items, project, router, state])

  useEffect(() => {
    if (state === 'push' && !isRenewed) void renew(project, push)
  }, [project, push, state])

  const isOn = state === 'page' || state === 'push'
  return { state, toggle: () => void (isOn ? switchOff(project, push) : switchOn(project, push, ownId)) }
}

const listeners = new Set<() => void>()

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

function choose(choice: string | null): void {
  if (choice === null) localStorage.removeItem(choiceKey)
  else localStorage.setItem(choiceKey, choice)
  listeners.forEach((listener) => listener())
}

async function switchOn(project: string, push: PushActions, ownId: string): Promise<void> {
  if ((await Notification.requestPermission()) !== 'granted') return choose(null)
  isRenewed = true
  const { subscribe: begin } = await import('./push')
  choose((await begin(project, push, true)) ? ownId : 'on')
}

async function switchOff(project: string, push: PushActions): Promise<void> {
  choose(null)
  const { unsubscribe } = await import('./push')
  await unsubscribe(project, push)
}

let isRenewed = false

/** Once a page that is loaded: the person may have signed in anew, which the server has to know. */
async function renew(project: string, push: PushActions): Promise<void> {
  isRenewed = true
  const { subscribe: begin } = await import('./push')
  if (!(await begin(project, push, false))) choose('on')
}

function readState(ownId: string): BrowserNotices['state'] {
  if (!isSecureContext) return 'insecure'
  if (typeof Notification === 'undefined') return isOpenInSafari() ? 'uninstalled' : 'unavailable'
  if (Notification.permission === 'denied') return 'denied'
  const choice = Notification.permission === 'granted' && localStorage.getItem(choiceKey)
  if (choice === 'on') return 'page'
  return choice === ownId ? 'push' : 'off'
}

/** On an iPhone or iPad, which let only what was added to the Home Screen notify; elsewhere there is no `standalone`. */
function isOpenInSafari(): boolean {
  return (navigator as { standalone?: boolean }).standalone === false
}

/** Where what does it cannot be read, the bell still tells. */
async function tell(project: string, item: Notice, open: () => void): Promise<void> {
  const told = await import('./page-notice').catch(() => null)
  told?.showNotice(project, item, open)
}
