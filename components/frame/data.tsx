'use client'

import { useRouter } from 'next/navigation'
import type { ReactNode } from 'react'
import { SWRConfig } from 'swr'
import { fetchJson, RequestError } from './fetch-json'
import { tellSignedOut } from './signed-out'

/** How often what is on the page is read again without any event, should one have been lost. */
const healMs = 60_000

/** Lowered, or removed: what is not one's own is answered as if it did not exist. */
const turnedAway = new Set([403, 404])

/**
 * What moves by itself in the browser is read through here: again on focus, on reconnecting, and now and
 * then. Whoever is no longer a member has the page rendered anew, which sends them away; whoever is signed out is
 * told so, and the page stays.
 */
export function DataProvider({ children }: { children: ReactNode }) {
  const router = useRouter()
  return (
    <SWRConfig
      value={{
        fetcher: fetchJson,
        refreshInterval: healMs,
        dedupingInterval: 300,
        focusThrottleInterval: 2000,
        errorRetryInterval: 3000,
        onError: (error) => {
          if (!(error instanceof RequestError)) return
          if (error.status === 401) tellSignedOut()
          if (turnedAway.has(error.status)) router.refresh()
        },
      }}
    >
      {children}
    </SWRConfig>
  )
}
