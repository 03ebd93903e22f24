import type { ReactNode } from 'react'

/** A part of the detail under its heading. */
export function DetailSection({
  title,
  note,
  children,
}: {
  title: string
  note?: string
  children: ReactNode
}) {
  return (
    <section>
      <h3 className="mb-1.5 text-xs font-semibold text-faint">
        {title}
        {note && <span className="font-normal"> · {note}</span>}
      </h3>
      {children}
    </section>
  )
}
