'use client'

import { useCallback, useState } from 'react'
import type { SeenApproval } from '@/lib/approvals/schemas'
import type { DecisionKind } from './use-decision'

/** What the reviewer has begun in the queue: second steps, a selection, and what was settled from here. */
export function useQueueState() {
  const [steps, setSteps] = useState<ReadonlyMap<string, DecisionKind>>(new Map())
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const [resolved, setResolved] = useState<ReadonlyMap<string, SeenApproval>>(new Map())

  const setStep = useCallback((id: string, step: DecisionKind | null) => {
    setSteps((now) => {
      const next = new Map(now)
      if (step) next.set(id, step)
      else next.delete(id)
      return next
    })
  }, [])
  const toggle = useCallback((id: string) => {
    setSelected((now) => {
      const next = new Set(now)
      if (!next.delete(id)) next.add(id)
      return next
    })
  }, [])
  const resolve = useCallback((approval: SeenApproval) => {
    setResolved((now) => new Map(now).set(approval.id, approval))
  }, [])
  const clearSelection = useCallback(() => setSelected(new Set()), [])

  return { steps, setStep, selected, toggle, clearSelection, resolved, resolve }
}
