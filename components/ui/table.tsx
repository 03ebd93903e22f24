import type { ComponentProps, ReactNode } from 'react'

/** What scrolls must be reachable by keyboard (WCAG 2.1.1), though it holds nothing to press. */
const reachable = { tabIndex: 0 }

/**
 * A dense table that scrolls sideways inside its frame where it is too wide; on a phone each row is a card, whose
 * cells say their `name`. `label` names it for readers.
 */
export function Table({ label, children }: { label: string; children: ReactNode }) {
  return (
    <section
      {...reachable}
      aria-label={label}
      className="overflow-x-auto rounded-md border border-line bg-surface"
    >
      <table aria-label={label} className="cards w-full border-collapse text-left text-sm">
        {children}
      </table>
    </section>
  )
}

export function Th({ className = '', ...rest }: ComponentProps<'th'>) {
  return (
    <th
      scope="col"
      {...rest}
      className={`h-8 border-b border-line px-3 text-xs font-medium whitespace-nowrap text-muted ${className}`}
    />
  )
}

/** `name` is the column's, said beside the value where the row is a card. */
export function Td({ className = '', name, ...rest }: ComponentProps<'td'> & { name?: string }) {
  return (
    <td
      {...rest}
      data-name={name}
      className={`border-b border-line px-3 py-2 align-top in-[tr:last-child]:border-b-0 ${className}`}
    />
  )
}

/** The frame of a list whose rows are not columns. */
export function ListFrame({ children, className = '' }: { children: ReactNode; className?: string }) {
  return (
    <div className={`overflow-clip rounded-md border border-line bg-surface ${className}`}>{children}</div>
  )
}
