'use client'

import Link from 'next/link'
import { useState, type ComponentProps } from 'react'

/** A link that stands on every page: where it leads is fetched ahead once somebody is about to follow it, not on sight. */
export function IntentLink(props: Omit<ComponentProps<typeof Link>, 'prefetch'>) {
  const [isMeant, setIsMeant] = useState(false)
  const mean = () => setIsMeant(true)
  return (
    <Link
      {...props}
      prefetch={isMeant ? null : false}
      onMouseEnter={mean}
      onFocus={mean}
      onTouchStart={mean}
    />
  )
}
