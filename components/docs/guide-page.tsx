import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { pageAt } from '@/lib/docs/contents'
import { readDocument } from '@/lib/docs/read'
import { Article } from './article'
import { DocsFrame } from './docs-frame'

/** The head of a page that shows one Markdown file. */
export function guideMetadata(path: string): Metadata {
  const page = pageAt(path) ?? notFound()
  const { title, description } = readDocument(page.file)
  return { title, description }
}

/** A page that shows one Markdown file. */
export function GuidePage({ path }: { path: string }) {
  const page = pageAt(path) ?? notFound()
  const { title, html, headings } = readDocument(page.file)
  return (
    <DocsFrame here={path} title={title} headings={headings}>
      <Article html={html} />
    </DocsFrame>
  )
}
