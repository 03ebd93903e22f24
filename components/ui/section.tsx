import type { ReactNode } from 'react'

type SectionProps = {
  title: ReactNode
  note?: ReactNode
  actions?: ReactNode
  children: ReactNode
  className?: string
}

/** A part of a page under an `h2`. */
export function Section({ title, note, actions, children, className = 'mb-8' }: SectionProps) {
  return (
    <section className={className}>
      <div className="mb-2.5 flex min-h-8 flex-wrap items-end gap-x-4 gap-y-2">
        <div className="flex-1">
          <h2 className="text-base font-semibold">{title}</h2>
          {note && <p className="text-sm text-muted">{note}</p>}
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2 max-sm:w-full">{actions}</div>}
      </div>
      {children}
    </section>
  )
}
