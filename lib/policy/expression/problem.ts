/** What is wrong with a condition and where; line and column count characters from 1. */
export type ConditionProblem = {
  /** What is wrong, and how to mend it. */
  message: string
  /** UTF-16 index into the text. */
  offset: number
  line: number
  column: number
}

/** Thrown inside lexer and parser; `parseCondition` turns it into a `ConditionProblem`. */
export class ConditionError extends Error {
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message)
    this.name = 'ConditionError'
  }
}

/** Line and column (both from 1, in characters, not UTF-16 units) of a UTF-16 index into a text. */
export function placeInText(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset)
  const line = before.split('\n').length
  return { line, column: [...before.slice(before.lastIndexOf('\n') + 1)].length + 1 }
}
