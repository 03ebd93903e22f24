import type { ReactNode } from 'react'

/** Parts of one kind under their name. */
export function Shelf({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3 className="mb-2 text-xs font-semibold text-faint">{title}</h3>
      <div className="space-y-3">{children}</div>
    </section>
  )
}

/** Parts beside each other. */
export function Row({ children }: { children: ReactNode }) {
  return <div className="flex flex-wrap items-center gap-2">{children}</div>
}
