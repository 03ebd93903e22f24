'use client'

import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { SeenApproval } from '@/lib/approvals/schemas'

/** A request as it was when it was selected: what becomes of its params is not. */
export type Selected = Pick<SeenApproval, 'id' | 'tool' | 'digest'>

export type Selection = {
  has: (id: string) => boolean
  /** In the order of the rows, then those that are not among them. */
  chosen: Selected[]
  count: number
  /** How many of the rows could be selected. */
  selectable: number
  /** Whether all of these are. */
  isAll: boolean
  /** With `isRange`, all from the one that was chosen before. */
  toggle: (id: string, isRange: boolean) => void
  toggleAll: () => void
  select: (items: readonly Selected[]) => void
  clear: () => void
}

const none: ReadonlyMap<string, Selected> = new Map()
const mapOf = (items: readonly Selected[]) =>
  new Map(items.map(({ id, tool, digest }) => [id, { id, tool, digest }]))

/** Which requests are selected, of the rows and beyond; what is known to be decided meanwhile counts no more. */
export function useSelection(rows: SeenApproval[], known: ReadonlyMap<string, SeenApproval>): Selection {
  const [picked, setPicked] = useState(none)
  const anchor = useRef<string>(undefined)
  const latest = useRef(rows)
  useEffect(() => {
    latest.current = rows
  })

  const pending = useMemo(() => rows.filter(({ status }) => status === 'pending'), [rows])
  const chosen = useMemo(() => {
    if (picked.size === 0) return []
    const ids = new Set([...rows.map(({ id }) => id), ...picked.keys()])
    return [...ids].flatMap((id) => {
      const one = picked.get(id)
      return one && (known.get(id)?.status ?? 'pending') === 'pending' ? [one] : []
    })
  }, [rows, known, picked])
  const isAll = pending.length > 0 && pending.every(({ id }) => picked.has(id))

  const toggle = useCallback((id: string, isRange: boolean) => {
    const all = latest.current
    const ids = all.map((row) => row.id)
    const at = ids.indexOf(id)
    const [from, to] = [ids.indexOf(anchor.current ?? ''), at].sort((a, b) => a - b)
    anchor.current = id
    setPicked((now) => {
      const next = new Map(now)
      if (isRange && from !== undefined && from >= 0 && to !== undefined)
        return new Map([...next, ...mapOf(all.slice(from, to + 1))])
      return next.delete(id) ? next : new Map([...next, ...mapOf(all.slice(at, at + 1))])
    })
  }, [])

  return {
    has: (id) => picked.has(id),
    chosen,
    count: chosen.length,
    selectable: pending.length,
    isAll,
    toggle,
    toggleAll: () => setPicked(isAll ? none : mapOf(pending)),
    select: useCallback((items) => setPicked(mapOf(items)), []),
    clear: useCallback(() => setPicked(none), []),
  }
}
