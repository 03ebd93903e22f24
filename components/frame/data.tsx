'use client'

import { useRouter } from 'next/navigation'
import { useCallback, type ReactNode } from 'react'
import { RequestError } from './fetch-json'
import { tellSignedOut } from './signed-out'
import { ReadErrors } from './use-read'

/** Lowered, or removed: what is not one's own is answered as if it did not exist. */
const turnedAway = new Set([403, 404])

/**
 * What `useRead` cannot read within. Whoever is no longer a member has the page rendered anew, which sends them away;
 * whoever is signed out is told so, and the page stays.
 */
export function DataProvider({ children }: { children: ReactNode }) {
  const router = useRouter()
  const tellError = useCallback(
    (error: unknown) => {
      if (!(error instanceof RequestError)) return
      if (error.status === 401) tellSignedOut()
      if (turnedAway.has(error.status)) router.refresh()
    },
    [router],
  )
  return <ReadErrors value={tellError}>{children}</ReadErrors>
}
