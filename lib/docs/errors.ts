import { type ErrorCode, statusOfCode } from '@/lib/errors'
import { addressOf } from './address'
import { renderMarkdown } from './markdown'
import { errorsFile } from './meaning'
import { readDocument } from './read'

/** What one error code means, why it comes and how to mend it, in HTML. */
export type ErrorPage = {
  code: ErrorCode
  status: number
  /** The first paragraph, as text. */
  meaning: string
  html: string
  markdown: string
}

/** Whether a text is one of the published codes. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(statusOfCode, text)
}

/** What stands before the first code. */
export function readErrorsIntroduction(): string {
  const before = readDocument(errorsFile).markdown.split(/^## /m, 1)[0] ?? ''
  return renderMarkdown(before, (href) => addressOf(href, errorsFile)).html
}

/** The page of a code: its section of docs/errors.md. */
export function readErrorPage(code: ErrorCode): ErrorPage {
  const section = readDocument(errorsFile)
    .markdown.split(/^## /m)
    .find((one) => one.startsWith(`${code}\n`))
  const markdown = `# ${section ?? code}`
  const { html, description } = renderMarkdown(markdown, (href) => addressOf(href, errorsFile))
  return { code, status: statusOfCode[code], meaning: description, html, markdown }
}

/** Every code with its page, by status and then by name. */
export function readErrorPages(): ErrorPage[] {
  return Object.keys(statusOfCode)
    .filter(isErrorCode)
    .map(readErrorPage)
    .sort((a, b) => a.status - b.status || a.code.localeCompare(b.code))
}
