import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ErrorCode } from '@/lib/errors'

/** Holds the section of every code. */
export const errorsFile = 'docs/errors.md'

/** What an error code means: the first paragraph of its section, as text. Without what renders a page. */
export function readMeaning(code: ErrorCode): string {
  const text = readFileSync(join(process.cwd(), errorsFile), 'utf8')
  const section = text.split(/^## /m).find((one) => one.startsWith(`${code}\n`)) ?? ''
  const paragraph = section.split('\n\n')[1] ?? ''
  return paragraph
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll('`', '')
    .replaceAll('\n', ' ')
}
