'use client'

import { useLinkStatus } from 'next/link'
import type { ReactNode } from 'react'

/** The words of a link, which pulse while what it leads to is on its way. */
export function GoingThere({ children }: { children: ReactNode }) {
  const { pending } = useLinkStatus()
  return <span className={pending ? 'animate-pulse' : ''}>{children}</span>
}
