'use client'

import { useState } from 'react'
import { pages } from '@/lib/paths'
import * as say from '@/words/frame/sign-out'
import { useToast } from '../ui/toast'

/** Ends the session; where that cannot be, says that the person is still signed in. */
export function useSignOut(): { isBusy: boolean; leave: () => void } {
  const [isBusy, setIsBusy] = useState(false)
  const toast = useToast()

  async function leave() {
    setIsBusy(true)
    try {
      // Read when it is needed: it is a tenth of what every page would load.
      const { signOut } = await import('next-auth/react')
      await signOut({ callbackUrl: pages.signIn() })
    } catch {
      toast({ tone: 'danger', text: say.stillSignedIn })
      setIsBusy(false)
    }
  }

  return { isBusy, leave: () => void leave() }
}

export function SignOut() {
  const { isBusy, leave } = useSignOut()
  return (
    <button
      type="button"
      aria-disabled={isBusy}
      onClick={() => isBusy || leave()}
      className="flex h-8 w-full items-center rounded-sm px-2 text-left text-sm hover:bg-sunken"
    >
      {say.signOut}
    </button>
  )
}
