import type { ReactNode } from 'react'
import { Mark } from './mark'

/** The frame of pages that stand alone: signing in, set-up, errors. */
export function Centered({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-md flex-col justify-center px-5 py-12">
      <Mark className="mb-6 size-9" />
      <h1 className="text-xl font-semibold tracking-tight wrap-anywhere">{title}</h1>
      <div className="mt-2 space-y-4 text-muted">{children}</div>
    </main>
  )
}
