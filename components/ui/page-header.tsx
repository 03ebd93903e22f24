import type { ReactNode } from 'react'

/** The page's one `h1`, a line that says what the page is for, and what acts on all of it. */
export function PageHeader({
  title,
  note,
  actions,
}: {
  title: ReactNode
  note?: ReactNode
  actions?: ReactNode
}) {
  return (
    <header className="mb-5 flex flex-wrap items-start gap-x-4 gap-y-2">
      <div className="min-w-0 grow basis-72">
        <h1 className="text-xl font-semibold tracking-tight wrap-anywhere">{title}</h1>
        {note && <div className="mt-0.5 text-sm text-muted">{note}</div>}
      </div>
      {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  )
}

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

/** A sentence that the reader should not miss. */
export function Notice({
  tone = 'info',
  children,
}: {
  tone?: 'info' | 'warn' | 'danger' | 'ok'
  children: ReactNode
}) {
  const look = {
    info: 'border-info/30 bg-info-soft',
    ok: 'border-ok/30 bg-ok-soft',
    warn: 'border-warn/30 bg-warn-soft',
    danger: 'border-danger/30 bg-danger-soft',
  }[tone]
  return <div className={`rounded-md border px-3.5 py-2.5 text-sm text-ink ${look}`}>{children}</div>
}

/** Names and values of one thing, in two columns. */
export function Facts({ children }: { children: ReactNode }) {
  return (
    <dl className="grid grid-cols-[max-content_minmax(0,1fr)] content-start items-baseline gap-x-4 gap-y-1.5 text-sm">
      {children}
    </dl>
  )
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 wrap-anywhere">{children}</dd>
    </>
  )
}
