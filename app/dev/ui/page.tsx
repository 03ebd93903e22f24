import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { Gallery } from '@/components/dev/gallery'
import { PageHeader } from '@/components/ui/page-header'

export const metadata: Metadata = { title: 'Every part in every state' }

/** The interface's parts for whoever works on them; there while developing and nowhere else. */
export default function DevUiPage() {
  if (process.env.NODE_ENV !== 'development') notFound()
  return (
    <main className="mx-auto max-w-7xl px-5 py-8">
      <PageHeader
        title="Every part in every state"
        note="There while developing and nowhere else. Choose the theme, the density and the clock below."
      />
      <Gallery />
    </main>
  )
}
