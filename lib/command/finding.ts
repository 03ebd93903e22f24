import type { Printer, Style } from './printer'

/** One thing that was looked at, in words that may be shown. */
export type Finding = { is: 'ok' | 'bad' | 'note'; words: string }

const marks = {
  ok: ['green', 'ok '],
  bad: ['red', 'BAD'],
  note: ['yellow', '!  '],
} as const satisfies Record<Finding['is'], [Style, string]>

export function showFindings(out: Printer, findings: Finding[], indent = ''): void {
  for (const { is, words } of findings) {
    const [style, mark] = marks[is]
    out.line(`${indent}${out.style(style, mark)}  ${words}`)
  }
}

export const isGood = (findings: Finding[]) => findings.every(({ is }) => is !== 'bad')
