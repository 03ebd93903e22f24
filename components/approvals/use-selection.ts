'use client'

import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { SeenApproval } from '@/lib/approvals/schemas'

export type Selection = {
  has: (id: string) => boolean
  chosen: SeenApproval[]
  count: number
  /** How many of the rows could be selected. */
  selectable: number
  /** With `isRange`, all from the one that was chosen before. */
  toggle: (id: string, isRange: boolean) => void
  toggleAll: () => void
  select: (ids: string[]) => void
  clear: () => void
}

/** Which of the rows are selected; what is decided meanwhile counts no more. */
export function useSelection(rows: SeenApproval[]): Selection {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set())
  const anchor = useRef<string>(undefined)
  const latest = useRef(rows)
  useEffect(() => {
    latest.current = rows
  })

  const pending = useMemo(() => rows.filter(({ status }) => status === 'pending'), [rows])
  const chosen = useMemo(() => pending.filter(({ id }) => ids.has(id)), [pending, ids])

  const toggle = useCallback((id: string, isRange: boolean) => {
    const all = latest.current.map((row) => row.id)
    const [from, to] = [all.indexOf(anchor.current ?? ''), all.indexOf(id)].sort((a, b) => a - b)
    anchor.current = id
    setIds((now) => {
      const next = new Set(now)
      if (isRange && from !== undefined && from >= 0 && to !== undefined)
        for (const one of all.slice(from, to + 1)) next.add(one)
      else if (!next.delete(id)) next.add(id)
      return next
    })
  }, [])

  return {
    has: (id) => ids.has(id),
    chosen,
    count: chosen.length,
    selectable: pending.length,
    toggle,
    toggleAll: () =>
      setIds(chosen.length === pending.length ? new Set() : new Set(pending.map(({ id }) => id))),
    select: useCallback((all: string[]) => setIds(new Set(all)), []),
    clear: useCallback(() => setIds(new Set()), []),
  }
}
