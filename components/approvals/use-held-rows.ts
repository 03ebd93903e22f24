'use client'

import { useState } from 'react'
import type { SeenApproval } from '@/lib/approvals/schemas'
import { holdRows } from './hold-rows'

type Hold = {
  isHeld: boolean
  known: ReadonlyMap<string, SeenApproval>
  compare: (a: SeenApproval, b: SeenApproval) => number
}

/**
 * The rows to show, frozen where they were when the hold began; `showNew` freezes them as they are now. An
 * empty list holds nothing: what arrives there is shown at once.
 */
export function useHeldRows(items: SeenApproval[], { isHeld, known, compare }: Hold) {
  const [frozen, setFrozen] = useState<SeenApproval[] | null>(null)
  if (isHeld && frozen === null && items.length > 0) setFrozen(items)
  if (!isHeld && frozen !== null) setFrozen(null)
  return { ...holdRows(items, isHeld ? frozen : null, known, compare), showNew: () => setFrozen(items) }
}
