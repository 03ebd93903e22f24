import type { InputIssue } from '@/lib/errors'
import type { DoubtCode } from './expression/doubts'

export type PolicyWarningCode =
  | 'no_approval_block'
  | 'no_tools'
  | 'unknown_key'
  | 'inputs_not_used'
  | 'condition_in_tool_name'
  | 'tool_never_matches'
  | 'condition_in_comment'
  | 'escalation_too_late'
  | 'unknown_group'
  | 'unknown_member'
  | 'unreachable_requirement'
  | DoubtCode
  | 'loosens_policy'

/** Something that is accepted and probably not meant; line and column count characters from 1. */
export type PolicyWarning = { code: PolicyWarningCode; message: string; line: number; column: number }

/** Something that is refused; the pointer goes into the file's own structure. */
export type PolicyError = Required<InputIssue>

/** So many errors, and so many warnings, are told of one file. */
const mostTold = 100

type Place = { line: number; column: number }
const byPlace = (a: Place, b: Place) => a.line - b.line || a.column - b.column

/** What the warning says of an unknown key that was meant to protect. */
export const protectsNothing = 'protects nothing'

/** An entry that gates nothing, or a rule that is none, whatever its author thinks. */
const isUrgent = ({ code, message }: PolicyWarning) =>
  code === 'condition_always_false' ||
  (code === 'unknown_key' && message.includes(` is not a key here and ${protectsNothing}: `))

/** Warnings with those first that tell of what protects less than its author thinks; else as they are. */
export function urgentFirst(warnings: PolicyWarning[]): PolicyWarning[] {
  return [...warnings.filter(isUrgent), ...warnings.filter((warning) => !isUrgent(warning))]
}

/** A JSON pointer (RFC 6901) to a place in the file. */
export function pointerTo(...path: (string | number)[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** Collects what is wrong or odd about a file, by UTF-16 index into its text. */
export class Report {
  readonly errors: PolicyError[] = []
  warnings: PolicyWarning[] = []
  /** Names that stand for people, each with where it stands first. */
  readonly people = new Map<string, number>()
  /** Where entries, by their index, say who decides, and where the block does (-1). */
  readonly whoDecides = new Map<number, number>()
  private readonly lineStarts = [0]

  /** @param text the file without byte order mark, lines ended by `\n`. */
  constructor(readonly text: string) {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.lineStarts.push(at + 1)
  }

  /** Index of the line, from 0, that a place is on. */
  lineIndex(offset: number): number {
    let low = 0
    let high = this.lineStarts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.lineStarts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return low
  }

  /** Where a line begins, by its index from 0. */
  lineStart(index: number): number {
    return this.lineStarts[index] ?? this.text.length
  }

  /** The text of a line, by its index from 0. */
  lineText(index: number): string {
    return this.text.slice(this.lineStart(index), (this.lineStarts[index + 1] ?? this.text.length + 1) - 1)
  }

  /** Line and column of a place, both from 1 and in characters. */
  placeOf(offset: number): Place {
    const index = this.lineIndex(Math.min(offset, this.text.length))
    return { line: index + 1, column: [...this.text.slice(this.lineStart(index), offset)].length + 1 }
  }

  /** Puts what was found into the order of the file, what is urgent first. */
  sort(): void {
    this.errors.sort(byPlace)
    this.warnings = urgentFirst(this.warnings.sort(byPlace)).slice(0, mostTold)
  }

  /** Whether no further error would be told. */
  get isFull(): boolean {
    return this.errors.length >= mostTold
  }

  error(pointer: string, offset: number, detail: string): void {
    if (!this.isFull) this.errors.push({ pointer, detail, ...this.placeOf(offset) })
  }

  warn(code: PolicyWarningCode, offset: number, message: string): void {
    const warning = { code, message, line: 0, column: 0 }
    const isTold = this.warnings.filter((one) => isUrgent(one) === isUrgent(warning)).length < mostTold
    if (isTold) this.warnings.push({ ...warning, ...this.placeOf(offset) })
  }
}
