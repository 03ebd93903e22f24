import { countCharacters } from '../json/characters'
import { type CountedPart, cutParts } from './cut'
import { hasMixedScripts } from './scripts'

/**
 * A piece of untrusted text as it may be shown. Everything but `text` is our own words, set in `⟨…⟩`, which
 * no `text` contains: `control` names characters that cannot be seen or that change what is seen, `blanks`
 * counts a long run of them, `cut` says how much is left out.
 */
export type ShownPart = Pick<CountedPart, 'kind' | 'text'>

export type ShownText = {
  parts: ShownPart[]
  /** Something in the whole text, shown or cut, cannot be seen or changes what is seen. */
  hasInvisible: boolean
  /** Some word of the whole text mixes scripts whose letters look alike. */
  hasMixedScripts: boolean
  /** Characters (code points) of the whole text. */
  length: number
  isCut: boolean
}

export type ShowOptions = {
  /** Longest rendering in characters, the note of what is cut not counted; 2,000, or `Infinity` for all. */
  maxCharacters?: number
  /** Show line breaks and tabs as controls, so that the text cannot pass for further lines of ours. */
  singleLine?: boolean
  /**
   * The text was recorded as a tool gave it back, where NUL and half surrogates have become marks such as `⟨U+0000⟩`
   * (`lib/json/strict`): these are shown as the signs that they are.
   */
  isRecorded?: boolean
}

/** Blanks in a row that are still shown as they are. */
const blanksShown = 8
/** Combining marks in a row that are still shown on their letter. */
const marksShown = 4

/**
 * What is taken out of the text, the first that matches; groups 1, 2 and 3 are blanks, control and marks:
 * - emoji, so that the joiners and variation selectors within them stay (chains of at most ten);
 * - runs of blanks;
 * - a character that has no shape of its own, and its repetitions: controls, format characters, surrogates,
 *   private and unassigned ones, separators, default ignorables, blanks other than the plain one, characters
 *   of other classes that are drawn empty, and our own brackets;
 * - stacks of combining marks.
 */
const special = (blanks: string, isRecorded: boolean) =>
  new RegExp(
    [
      ...(isRecorded ? [String.raw`⟨U\+(?:0000|D[89A-F][0-9A-F]{2})⟩`] : []),
      String.raw`\p{ExtPict}[\ufe0e\ufe0f\p{EMod}]?(?:\u200d\p{ExtPict}[\ufe0f\p{EMod}]?){0,9}|[0-9#*]\ufe0f\u20e3`,
      `([${blanks}]{${blanksShown + 1},})`,
      String.raw`(?![${blanks}])([\p{C}\p{Z}\p{DI}⟨⟩\u2800\ufffc\u{16fe4}\u{1d159}])\2*`,
      `((?:(?!\\p{DI})[\\p{Mn}\\p{Me}]){${marksShown + 1},})`,
    ].join('|'),
    'gu',
  )
const specials = [false, true].map((isRecorded) => ({
  inLine: special(' ', isRecorded),
  inLines: special(String.raw` \t\n`, isRecorded),
}))

const firstMarks = new RegExp(`^.{${marksShown}}`, 'u')

/** Controls that are worth showing but hide nothing: our brackets, and line breaks in their usual places. */
const harmless = new Set(['⟨', '⟩', '\n', '\t'])

/**
 * Shows text that somebody else wrote so that what is seen is what is there: bidirectional and invisible
 * characters by their code point, long runs of blanks and stacks of marks by their count, a long text by head,
 * tail and length. It knows nothing of HTML or Markdown: parts are plain text to be escaped by the channel.
 * Right-to-left letters stay as they are; what stands beside them on a line needs isolation (`<bdi>`).
 * Linear in the text (Unicode UAX 9, UTS 39, UTS 55).
 */
export function showText(text: string, options: ShowOptions = {}): ShownText {
  const { parts, hasInvisible } = splitParts(text, options)
  const length = countCharacters(text)
  const kept = cutParts(parts, options.maxCharacters ?? 2000, length)
  return {
    parts: kept.map((part) => ({ kind: part.kind, text: part.text })),
    hasInvisible,
    hasMixedScripts: hasMixedScripts(text),
    length,
    isCut: kept !== parts,
  }
}

function splitParts(
  text: string,
  { singleLine = false, isRecorded = false }: ShowOptions,
): { parts: CountedPart[]; hasInvisible: boolean } {
  const { inLine, inLines } = specials[isRecorded ? 1 : 0]!
  const parts: CountedPart[] = []
  let hasInvisible = false
  let start = 0
  for (const match of text.matchAll(singleLine ? inLine : inLines)) {
    const [all, blanks, control, marks] = match
    if (blanks !== undefined) {
      pushText(parts, text.slice(start, match.index))
      pushBlanks(parts, blanks)
    } else if (control !== undefined) {
      pushText(parts, text.slice(start, match.index))
      pushControl(parts, control, all.length / control.length)
      const isLineBreak = all === '\r' && text[match.index + 1] === '\n'
      hasInvisible ||= !isLineBreak && !harmless.has(control)
    } else if (marks !== undefined) {
      const shown = firstMarks.exec(marks)![0]
      pushText(parts, text.slice(start, match.index) + shown)
      const count = countCharacters(marks) - marksShown
      parts.push({ kind: 'control', text: `⟨${count} more marks⟩`, count })
    } else if (all.startsWith('⟨')) {
      pushText(parts, text.slice(start, match.index))
      parts.push({ kind: 'control', text: all, count: all.length })
      hasInvisible = true
    } else continue
    start = match.index + all.length
  }
  pushText(parts, text.slice(start))
  return { parts, hasInvisible }
}

/** Text; marks at its start are named, as they would change a character of ours that stands before them. */
function pushText(parts: CountedPart[], text: string): void {
  if (text === '') return
  const last = parts.at(-1)
  if (last?.kind === 'text') {
    last.text += text
    last.count += countCharacters(text)
    return
  }
  const marks = /^\p{M}*/u.exec(text)![0]
  for (const mark of marks) pushControl(parts, mark, 1)
  const rest = text.slice(marks.length)
  if (rest !== '') parts.push({ kind: 'text', text: rest, count: countCharacters(rest) })
}

function pushControl(parts: CountedPart[], control: string, count: number): void {
  const name = `U+${codePoint(control).toString(16).toUpperCase().padStart(4, '0')}`
  if (count > blanksShown) parts.push({ kind: 'control', text: `⟨${count} × ${name}⟩`, count })
  else for (let i = 0; i < count; i++) parts.push({ kind: 'control', text: `⟨${name}⟩`, count: 1 })
}

/** A run of blanks: up to two line breaks in it stay, with the indents between them counted. */
function pushBlanks(parts: CountedPart[], run: string): void {
  const breaks = run.split('\n').length - 1
  if (breaks === 0 || breaks > 2) {
    const what =
      breaks === 0 ? 'blanks' : breaks === run.length ? 'line breaks' : `blanks, ${breaks} line breaks`
    parts.push({ kind: 'blanks', text: `⟨${run.length} ${what}⟩`, count: run.length })
    return
  }
  for (const piece of run.split(/(\n)/)) {
    if (piece.length > blanksShown) pushBlanks(parts, piece)
    else pushText(parts, piece)
  }
}

function codePoint(character: string): number {
  return character.codePointAt(0)!
}
