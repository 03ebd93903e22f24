import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { addressOf } from './address'
import { renderMarkdown, type Rendered } from './markdown'

export type Document = Rendered & { markdown: string }

const read = new Map<string, { modifiedMs: number; document: Document }>()

/**
 * A Markdown file of the tree, rendered once for each time it was changed.
 *
 * @param file from the root of the tree, which every command of ours works in
 */
export function readDocument(file: string): Document {
  const path = join(process.cwd(), file)
  const { mtimeMs: modifiedMs } = statSync(path)
  const known = read.get(file)
  if (known?.modifiedMs === modifiedMs) return known.document
  const markdown = readFileSync(path, 'utf8')
  const document = { ...renderMarkdown(markdown, (href) => addressOf(href, file)), markdown }
  read.set(file, { modifiedMs, document })
  return document
}
