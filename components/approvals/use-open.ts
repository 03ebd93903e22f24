'use client'

import { usePathname } from 'next/navigation'
import { useCallback, useEffect, useRef, useState } from 'react'
import { pages } from '@/lib/paths'
import type { QueueFilter } from './filter'
import { takePlaceAlong } from './list-place'

export type Opening = {
  /** The request that is open by the address. */
  id: string | undefined
  /** False while something else lies over the desk, such as a run's drawer. */
  isHere: boolean
  /** Opens another one and names it in the address, without asking the server; null opens none. */
  open: (id: string | null, how?: 'push' | 'replace') => void
}

/** Browsers refuse an address that changes with every press of a key that is held down. */
const replaceMs = 150

/** Which request is open, as the page's address says: reloading, going back and sending it on all work. */
export function useOpen(project: string, filter: QueueFilter): Opening {
  const path = usePathname()
  const { isHere, named } = readPath(project, path)
  const [id, setId] = useState(named)
  const [seen, setSeen] = useState({ path, written: named })
  // What the address became without us: back, forward, or a link.
  if (isHere && seen.path !== path) {
    setSeen({ path, written: named })
    if (named !== seen.written) setId(named)
  }

  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [isHere, filter])
  // Back at once after a press, the path was never another one to React.
  useEffect(() => {
    const onTravel = () => {
      const now = readPath(project, location.pathname)
      if (!now.isHere) return
      clearTimeout(timer.current)
      setId(now.named)
    }
    window.addEventListener('popstate', onTravel)
    return () => window.removeEventListener('popstate', onTravel)
  }, [project])
  const open = useCallback(
    (next: string | null, how: 'push' | 'replace' = 'push') => {
      const to = next === null ? pages.approvals(project, filter) : pages.approval(project, next, filter)
      const write = () => {
        setSeen((now) => ({ ...now, written: next ?? undefined }))
        if (how === 'push') takePlaceAlong(() => history.pushState(null, '', to))
        else history.replaceState(null, '', to)
      }
      setId(next ?? undefined)
      clearTimeout(timer.current)
      if (how === 'push') write()
      else timer.current = setTimeout(write, replaceMs)
    },
    [project, filter],
  )
  return { id, isHere, open }
}

function readPath(project: string, path: string): { isHere: boolean; named: string | undefined } {
  const list = pages.approvals(project)
  const isUnder = path.startsWith(`${list}/`)
  return {
    isHere: isUnder || path === list,
    named: isUnder ? decodeURIComponent(path.slice(list.length + 1)) : undefined,
  }
}
