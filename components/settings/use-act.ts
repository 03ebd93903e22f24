'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import type { ActionResult } from '@/lib/sign-in/action'
import type { Problem } from '@/lib/http/problem'
import { useToast } from '../ui/toast'

/** What went wrong: the server's problem, or that it did not answer. */
export type Trouble = Pick<Problem, 'detail' | 'errors'>

/**
 * Sends one change to the server; the page shows it once the server has said yes. `done` is what to say then.
 */
export function useAct() {
  const [isBusy, setIsBusy] = useState(false)
  const [trouble, setTrouble] = useState<Trouble | null>(null)
  const router = useRouter()
  const toast = useToast()

  async function act<R>(
    work: () => Promise<ActionResult<R>>,
    done: string,
    onDone?: (value: R) => void,
  ): Promise<void> {
    if (isBusy) return
    setIsBusy(true)
    setTrouble(null)
    try {
      const answer = await work()
      if (answer.ok) {
        toast({ tone: 'ok', text: done })
        onDone?.(answer.value)
        router.refresh()
      } else setTrouble(answer.problem)
    } catch {
      setTrouble({
        detail: 'The server did not answer, so this may or may not have been done. Reload the page to see.',
      })
    } finally {
      setIsBusy(false)
    }
  }

  return { isBusy, trouble, act, forget: () => setTrouble(null) }
}

/** What is wrong with one field, by its name on the wire. */
export function errorOf(trouble: Trouble | null, field: string): string | undefined {
  return trouble?.errors?.find((one) => one.pointer === `/${field}`)?.detail
}
