'use client'

import { useRouter } from 'next/navigation'
import { useRef, useState } from 'react'
import type { ActionResult } from '@/lib/sign-in/action'
import * as say from '@/words/ui/use-action'
import { tellSignedOut } from '../frame/signed-out'
import { useToast } from './toast'
import type { Trouble } from './trouble'

/** A server action of a project's pages, as a page hands it to what is pressed there. */
export type Action<I, R> = (project: string, input: I) => Promise<ActionResult<R>>

type Options<R> = {
  /** What to say where no answer came, so that nobody can know what became of it. */
  unanswered?: string
  /** What to say once the server has said yes. */
  done?: string | ((value: R) => string)
  /** False where the page hears of the change by itself; else it is rendered anew. */
  refreshes?: boolean
  onDone?: (value: R) => void | Promise<void>
  onTrouble?: (trouble: Trouble) => void
  /** However it ended. */
  onSettled?: () => void
}

const nobodyKnows = say.nobodyKnows

/**
 * Sends one change at a time to the server; nothing is shown as done before the server has said yes. `trouble` is why
 * it was not, until the next is sent or it is forgotten.
 */
export function useAction<A extends unknown[], R>(
  work: (...input: A) => Promise<ActionResult<R>>,
  { unanswered = nobodyKnows, done, refreshes = true, onDone, onTrouble, onSettled }: Options<R> = {},
) {
  const [isBusy, setIsBusy] = useState(false)
  const [trouble, setTrouble] = useState<Trouble | null>(null)
  const isSending = useRef(false)
  const router = useRouter()
  const toast = useToast()

  async function send(...input: A): Promise<void> {
    if (isSending.current) return
    isSending.current = true
    setIsBusy(true)
    setTrouble(null)
    const answer = await work(...input).catch(() => null)
    isSending.current = false
    setIsBusy(false)
    if (answer?.ok) {
      if (done !== undefined)
        toast({ tone: 'ok', text: typeof done === 'string' ? done : done(answer.value) })
      void onDone?.(answer.value)
      if (refreshes) router.refresh()
    } else {
      const found: Trouble = answer?.problem ?? { code: 'unanswered', detail: unanswered }
      if (found.code === 'unauthenticated') {
        found.detail = say.signInAgain
        tellSignedOut()
      }
      setTrouble(found)
      onTrouble?.(found)
    }
    onSettled?.()
  }

  return { isBusy, trouble, send: (...input: A) => void send(...input), forget: () => setTrouble(null) }
}
