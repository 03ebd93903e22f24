'use client'

import { useState, useSyncExternalStore } from 'react'
import useSWR from 'swr'
import type { PendingCount } from '@/lib/approvals/count'
import { api } from '@/lib/paths'
import { fetchJson } from '../frame/fetch-json'

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
  const { data } = useSWR(path, (key: string) => fetchJson<PendingCount>(key))
  return { rules: data?.groups?.map(({ name }) => name) ?? [], onReach: () => setReached(true) }
}
