'use client'

import { useCallback, useEffect, useState, type ReactNode } from 'react'
import * as say from '@/words/frame/signed-out'
import { NotLoaded } from '../ui/late'
import { latePart } from '../ui/use-late-part'

const event = 'holdpoint:signed-out'

const useDialogPart = latePart(() => import('./signed-out-dialog').then((module) => module.SignedOutDialog))

/** Tells the page that the server knows its session no more. */
export function tellSignedOut(): void {
  window.dispatchEvent(new Event(event))
}

/**
 * Where the session has ended, a dialog over the page, which stays as it is with all that was typed. It goes by itself
 * once the same person is signed in again, here or in another tab; for anybody else the page is loaded anew.
 */
export function SignedOut({ project, email }: { project: string; email: string }) {
  const [isOut, setIsOut] = useState(false)
  const { part: SignedOutDialog, hasFailed, again } = useDialogPart(isOut)
  const back = useCallback(() => setIsOut(false), [])

  useEffect(() => {
    const out = () => setIsOut(true)
    window.addEventListener(event, out)
    return () => window.removeEventListener(event, out)
  }, [])

  if (!isOut) return null
  if (SignedOutDialog) return <SignedOutDialog project={project} email={email} onBack={back} />
  return (
    hasFailed && (
      <SignedOutBar>
        <NotLoaded onAgain={again} />
      </SignedOutBar>
    )
  )
}

/** Says so over the page, with what can be done. */
export function SignedOutBar({ children }: { children: ReactNode }) {
  return (
    <output className="fixed inset-x-0 top-14 z-50 mx-auto flex w-fit items-center gap-2 rounded-md border border-warn/30 bg-warn-soft px-3.5 py-2 text-sm text-ink shadow-over md:top-3">
      {say.youAreSignedOut}
      {children}
    </output>
  )
}
