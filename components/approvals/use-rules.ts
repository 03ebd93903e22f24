'use client'

import { useState, useSyncExternalStore } from 'react'
import type { PendingCount } from '@/lib/approvals/count'
import { api } from '@/lib/paths'
import { useRead } from '../frame/use-read'

const never = () => () => undefined

/** The rules that hold what is pending, read once somebody comes to their choice; a finger comes and opens at once. */
export function useRules(project: string): { rules: string[]; onReach: () => void } {
  const [isReached, setReached] = useState(false)
  const isTouched = useSyncExternalStore(
    never,
    () => matchMedia('(pointer: coarse)').matches,
    () => false,
  )
  const path = isReached || isTouched ? api.countApprovals(project, { group: 'rule' }) : null
  const { data } = useRead<PendingCount>(path)
  return { rules: data?.groups?.map(({ name }) => name) ?? [], onReach: () => setReached(true) }
}
