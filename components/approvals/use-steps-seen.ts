'use client'

import { useState } from 'react'
import type { FirstSteps } from '@/lib/members/first-steps'
import { useLive } from '../frame/live'

/**
 * Which of the first steps were seen to happen on this page. The page is not rendered anew for them: its address has
 * moved on by then, and the desk would begin again under the reviewer's hands.
 */
export function useStepsSeen(): Partial<FirstSteps> {
  const [seen, setSeen] = useState<Partial<FirstSteps>>({})
  useLive((changes) => {
    if (!changes?.length) return
    const decision = changes.some(({ status }) => status === 'approved' || status === 'rejected')
    setSeen((now) => {
      const next = { agent: true, request: true, ...(decision && { decision }) }
      return now.request && (now.decision ?? !decision) ? now : { ...now, ...next }
    })
  })
  return seen
}
