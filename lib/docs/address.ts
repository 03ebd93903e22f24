import { posix } from 'node:path'
import { pages } from '@/lib/paths'
import { allPages } from './contents'

/**
 * What a link in one of our Markdown files leads to on this server. The files link to one another as they do in the
 * repository, so that they can be read there too.
 *
 * @param file the file that holds the link, from the root of the tree
 * @returns undefined for a file that this server does not show
 */
export function addressOf(href: string, file: string): string | undefined {
  if (/^(https?:|#|\/)/.test(href)) return href
  const [path = '', fragment] = href.split('#', 2)
  const target = posix.join(posix.dirname(file), path)
  if (target.startsWith('public/')) return target.slice('public'.length)
  if (target === 'docs/errors.md' && fragment !== undefined) return pages.errorCode(fragment)
  const page = allPages.find((one) => one.file === target)
  if (page === undefined) return undefined
  return fragment === undefined ? page.path : `${page.path}#${fragment}`
}

/** The Markdown of a page, beside the page itself. */
export function markdownPath(path: string): string {
  return path === pages.docs() ? '/docs/index.md' : `${path}.md`
}
