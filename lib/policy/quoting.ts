import type { Report } from './report'

/** What to put in quotes, and where it begins. */
export type QuotingHint = { offset: number; detail: string }

const eaten = /^[!&*[{|>%@`]/
const ownSign = (sign: string, what: string) =>
  `YAML takes \`${sign}\` for a sign of its own: put the ${what} in quotes`

/** Whether a line belongs to the `approval:` block, by the last line before it that is not indented. */
function isInApproval(report: Report, index: number): boolean {
  for (let at = index; at >= 0; at--) {
    const line = report.lineText(at)
    if (/^[^\s#-]/.test(line)) return /^["']?approval["']?[ \t]*:/.test(line)
  }
  return false
}

/**
 * What to write in quotes where YAML read the beginning of a tool's name or of a condition as its own
 * sign (`!`, `&`, `*`, `[` and the like), or undefined where the line shows no such thing.
 * @param isBroken the text is no YAML, so that quotes and `: ` within a condition are a cause too
 */
export function quotingHint(report: Report, offset: number, isBroken: boolean): QuotingHint | undefined {
  const index = report.lineIndex(offset)
  const line = report.lineText(index)
  const [indented = '', dashes = ''] = /^[ \t]*((?:-[ \t]+)*)/.exec(line) ?? []
  const rest = line.slice(indented.length)
  const colon = rest.search(/:[ \t]/)
  const key = colon < 0 ? '' : rest.slice(0, colon).trim()
  const value = colon < 0 ? '' : rest.slice(colon + 1).trimStart()
  if ((dashes === '' && key !== 'when') || !isInApproval(report, index)) return undefined
  const end = report.lineStart(index) + line.length
  if (dashes !== '' && eaten.test(rest)) {
    return { offset: end - rest.length, detail: ownSign(rest.charAt(0), "tool's name") }
  }
  const isQuoted = isBroken && (/^["']/.test(value) || /:[ \t]/.test(value))
  if (!eaten.test(value) && !isQuoted) return undefined
  const detail = isQuoted
    ? 'YAML takes a quote or a colon in it for a sign of its own: put the condition in quotes'
    : ownSign(value.charAt(0), 'condition')
  return { offset: end - value.length, detail }
}

/** The same for a list or a mapping that was opened on a line before and never closed. */
export function unclosedHint(report: Report, offset: number): QuotingHint | undefined {
  for (let index = report.lineIndex(offset); index >= 0; index--) {
    const line = report.lineText(index)
    if (/^[^\s#-]/.test(line)) return undefined
    if (/[[{]/.test(line)) return quotingHint(report, report.lineStart(index), false)
  }
  return undefined
}
