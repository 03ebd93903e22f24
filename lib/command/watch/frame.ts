import { styleText } from 'node:util'
import type { Style } from '../printer'
import { cells, fitted } from '../width'

/** A piece of a line of the screen in one style. */
export type Span = [text: string, style?: Style]
/** One line of the screen. */
export type Row = Span[]

/** Nothing that moves a cursor comes onto the screen, by whatever way it got here; isolates for right-to-left text may. */
const unsafe = /(?![\u2068\u2069])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

function safe(text: string): string {
  // an emoji's joiner stays where emoji are joined
  return text.replace(unsafe, (found, at: number) =>
    found === '\u200d' && at > 0 && /\p{ExtPict}[\ufe0f\p{EMod}]?$/u.test(text.slice(0, at))
      ? found
      : '\ufffd',
  )
}

/** A line as the terminal gets it: as wide as the screen at most, every style ended. */
function rowText(row: Row, columns: number, hasColours: boolean): string {
  let left = columns
  let text = ''
  for (const [raw, style] of row) {
    if (left <= 0) break
    const shown = fitted(safe(raw), left)
    left -= cells(shown)
    text += style !== undefined && hasColours ? styleText(style, shown, { validateStream: false }) : shown
  }
  return text
}

/**
 * The whole screen, drawn anew: each line is placed by itself and nothing wraps, so that a line whose width the terminal
 * sees otherwise disturbs no other.
 */
export function frameText(rows: Row[], size: { columns: number; rows: number }, hasColours: boolean): string {
  const lines = Array.from({ length: size.rows }, (_, at) => {
    const text = rowText(rows[at] ?? [], size.columns, hasColours)
    return `\u001b[${at + 1};1H\u001b[0m\u001b[2K${text}\u001b[0m`
  })
  return `\u001b[?2026h${lines.join('')}\u001b[?2026l`
}

/** Rows as plain text, for tests and records. */
export function plainRows(rows: Row[]): string[] {
  return rows.map((row) =>
    row
      .map(([text]) => text)
      .join('')
      .trimEnd(),
  )
}
