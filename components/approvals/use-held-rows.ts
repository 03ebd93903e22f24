'use client'

import { useState } from 'react'
import type { SeenApproval } from '@/lib/approvals/schemas'
import { holdRows } from './hold-rows'

/**
 * The rows to show, frozen where they were when the hold began; `showNew` freezes them as they are now. An
 * empty list holds nothing: what arrives there is shown at once.
 */
export function useHeldRows(items: SeenApproval[], isHeld: boolean) {
  const [frozen, setFrozen] = useState<SeenApproval[] | null>(null)
  if (isHeld && frozen === null && items.length > 0) setFrozen(items)
  if (!isHeld && frozen !== null) setFrozen(null)
  return { ...holdRows(items, isHeld ? frozen : null), showNew: () => setFrozen(items) }
}
