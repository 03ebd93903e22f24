import type { ReactNode } from 'react'
import { Icon } from './icon'

/** A list that could not be read: never mistaken for an empty one. */
export function ErrorState({
  title,
  children,
  action,
}: {
  title: string
  children?: ReactNode
  action?: ReactNode
}) {
  return (
    <div role="alert" className="rounded-md border border-danger/40 bg-danger-soft px-4 py-4">
      <p className="flex items-center gap-2 font-medium text-danger">
        <Icon name="warning" />
        {title}
      </p>
      {children && <div className="mt-1 pl-6 text-sm text-ink">{children}</div>}
      {action && <div className="mt-3 pl-6">{action}</div>}
    </div>
  )
}
