import { styleText } from 'node:util'
import { writeJson } from '@/lib/json/write'
import { plainText } from '@/lib/untrusted/channels'
import { showText, type ShownText } from '@/lib/untrusted/show'
import type { Io } from './command'

export type Style = Parameters<typeof styleText>[0]

/** Characters that JSON lets stand and that a terminal or a reader could be misled by. */
const unseen = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{DI}]/gu

/** JSON of a value in ASCII where a character has no shape of its own; numbers as they came. */
export function printableJson(value: unknown, indent = 0): string {
  return writeJson(value, indent).replace(unseen, (found) =>
    Array.from(
      { length: found.length },
      (_, at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join(''),
  )
}

/** Text that somebody else wrote, on one line of a terminal: nothing in it moves the cursor, hides or reorders. */
export function oneLine(text: string, maxCharacters = 200): string {
  return isolated(plainText(text, { singleLine: true, maxCharacters }))
}

/** The same over several lines. */
export function lines(text: string, maxCharacters = 2000): string[] {
  return linesOf(showText(text, { maxCharacters }))
}

/** Text as it was shown, on lines of a terminal. */
export function linesOf({ parts }: Pick<ShownText, 'parts'>): string[] {
  const text = parts.map((part) => part.text).join('')
  return text.split('\n').map((line) => isolated(line.replaceAll('\t', '    ')))
}

const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u

/** Keeps right-to-left letters from reordering what stands beside them on the line (UAX 9). */
function isolated(shown: string): string {
  return rightToLeft.test(shown) ? `\u2068${shown}\u2069` : shown
}

/** What a command says: results on stdout, everything else on stderr. */
export class Printer {
  constructor(
    private readonly io: Pick<Io, 'stdout' | 'stderr'>,
    readonly isJson: boolean,
  ) {}

  /** A line of ours on stdout; whatever in it is somebody else's has gone through `oneLine` or `lines`. */
  line(text = ''): void {
    this.io.stdout.write(`${text}\n`)
  }

  /** The result for programs: one JSON text, on as many lines as are read best, or on one line of many. */
  json(value: unknown, { isOneOfMany = false } = {}): void {
    this.io.stdout.write(`${printableJson(value, isOneOfMany ? 0 : 2)}\n`)
  }

  /** For the person at the terminal, beside the result: on stderr. */
  note(text: string): void {
    this.io.stderr.write(`${text}\n`)
  }

  /** In colour where stdout is a terminal that shows it, and NO_COLOR does not stand. */
  style(style: Style, text: string): string {
    return this.styled(style, text, this.io.stdout)
  }

  /** The same for stderr. */
  styleNote(style: Style, text: string): string {
    return this.styled(style, text, this.io.stderr)
  }

  private styled(style: Style, text: string, stream: NodeJS.WriteStream): string {
    return styleText(style, text, { validateStream: true, stream })
  }

  get columns(): number {
    return Math.max(40, this.io.stdout.columns ?? 80)
  }
}
