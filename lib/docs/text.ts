import { pages } from '@/lib/paths'
import { addressOf, markdownPath } from './address'
import { allPages, pageAt, sections } from './contents'
import { isErrorCode, readErrorPage } from './errors'
import { errorsFile } from './meaning'
import { readDocument } from './read'

/**
 * The Markdown of a page, for readers that are programs: its links lead to other pages' Markdown on this server.
 *
 * @param path the page's address, without `.md`
 * @returns undefined where there is no such page
 */
export function pageText(path: string, appUrl: string): string | undefined {
  const code = path.startsWith(pages.errorCode('')) ? path.slice(pages.errorCode('').length) : undefined
  if (code !== undefined && isErrorCode(code))
    return withAddresses(readErrorPage(code).markdown, errorsFile, appUrl)
  const page = pageAt(path)
  return page && withAddresses(readDocument(page.file).markdown, page.file, appUrl)
}

/** The index of all pages in the form of llmstxt.org. */
export function llmsText(appUrl: string): string {
  const [overview] = allPages
  const parts = sections.map((section) => {
    const lines = section.pages.map(({ path, file, name }) => {
      const { description } = readDocument(file)
      return `- [${name}](${appUrl}${markdownPath(path)}): ${description}`
    })
    return `## ${section.title}\n\n${lines.join('\n')}\n`
  })
  const about = overview ? readDocument(overview.file).description : ''
  const more = `Every page is Markdown at its address with \`.md\`; all of them in one are at ${appUrl}${pages.allText()}. The API's OpenAPI 3.1 document is at ${appUrl}/api/openapi.json.`
  return `# Holdpoint\n\n> ${about}\n\n${more}\n\n${parts.join('\n')}`
}

/** All pages one after the other. */
export function llmsFullText(appUrl: string): string {
  return allPages.map(({ path }) => pageText(path, appUrl)).join('\n\n---\n\n')
}

/** Links of a file as whole addresses; what this server does not show keeps its words alone. */
function withAddresses(markdown: string, file: string, appUrl: string): string {
  const outsideOfSamples = markdown.split(/(^```[\s\S]*?^```)/m)
  return outsideOfSamples
    .map((part, i) => (i % 2 === 1 ? part : part.replaceAll(/\[([^\]]*)\]\(([^)\s]+)\)/g, link)))
    .join('')

  function link(_: string, words: string, href: string): string {
    const address = addressOf(href, file)
    if (address === undefined) return words
    if (!address.startsWith('/')) return `[${words}](${address})`
    const [path = '', fragment] = address.split('#', 2)
    const isPage = pageAt(path) !== undefined || path.startsWith(pages.errorCode(''))
    const target = `${appUrl}${isPage ? markdownPath(path) : path}`
    return `[${words}](${fragment === undefined ? target : `${target}#${fragment}`})`
  }
}
