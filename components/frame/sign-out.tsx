'use client'

import { useState } from 'react'
import { pages } from '@/lib/paths'
import { useToast } from '../ui/toast'

export function SignOut() {
  const [isBusy, setIsBusy] = useState(false)
  const toast = useToast()

  async function leave() {
    setIsBusy(true)
    try {
      // Read when it is needed: it is a tenth of what every page would load.
      const { signOut } = await import('next-auth/react')
      await signOut({ callbackUrl: pages.signIn() })
    } catch {
      toast({ tone: 'danger', text: 'You are still signed in: the server cannot be reached.' })
      setIsBusy(false)
    }
  }

  return (
    <button
      type="button"
      aria-disabled={isBusy}
      onClick={() => void (isBusy || leave())}
      className="flex h-8 w-full items-center rounded-sm px-2 text-left text-sm hover:bg-sunken"
    >
      Sign out
    </button>
  )
}
