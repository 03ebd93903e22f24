'use client'

import { createContext, use, type ReactNode } from 'react'

const ArchivedContext = createContext(false)

/** What is below knows whether the project is archived. */
export function ArchivedProject({ isArchived, children }: { isArchived: boolean; children: ReactNode }) {
  return <ArchivedContext value={isArchived}>{children}</ArchivedContext>
}

/** What an archived project would refuse, shown where the project is open; `otherwise` where it is archived. */
export function UnlessArchived({
  children,
  otherwise = null,
}: {
  children: ReactNode
  otherwise?: ReactNode
}) {
  return use(ArchivedContext) ? otherwise : children
}
