'use client'

import { useLayoutEffect, useRef, type ReactNode } from 'react'
import { focusOnceDrawn } from './focus-once-drawn'
import { Icon } from './icon'

/** A list that could not be read: never mistaken for an empty one. As it goes with the focus in it, what it stood in has it. */
export function ErrorState({
  title,
  children,
  action,
}: {
  title: string
  children?: ReactNode
  action?: ReactNode
}) {
  const place = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const here = place.current
    const around = here?.closest<HTMLElement>('[tabindex="-1"]')
    return () => {
      if (around && here?.contains(document.activeElement)) focusOnceDrawn(() => around)
    }
  }, [])
  return (
    <div ref={place} role="alert" className="rounded-md border border-danger/40 bg-danger-soft px-4 py-4">
      <p className="flex items-center gap-2 font-medium text-danger">
        <Icon name="warning" />
        {title}
      </p>
      {children && <div className="mt-1 pl-6 text-sm text-ink">{children}</div>}
      {action && <div className="mt-3 pl-6">{action}</div>}
    </div>
  )
}
