import type { ReactNode } from 'react'

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
