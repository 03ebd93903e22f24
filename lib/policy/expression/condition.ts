import { compileTree, type Condition, type Verdict } from './evaluate'
import { parseTree } from './parser'
import { ConditionError, placeInText, type ConditionProblem } from './problem'
import type { Node } from './tree'

/** A condition has at most so many characters. */
export const maxConditionCharacters = 2000

function check(text: string): void {
  if (text.length > maxConditionCharacters && [...text].length > maxConditionCharacters) {
    throw new ConditionError(`a condition has at most ${maxConditionCharacters} characters`, 0)
  }
  const half = text.search(/\p{Surrogate}/u)
  if (half >= 0) throw new ConditionError('half a character (a lone surrogate) stands here', half)
  const nul = text.indexOf('\0')
  if (nul >= 0) throw new ConditionError('the character U+0000 stands here', nul)
}

/**
 * Reads a condition of at most 2,000 characters into its tree, or says what is wrong with it, where, and
 * how to mend it. Never throws for a text, whatever it holds.
 */
export function parseCondition(
  text: string,
): { ok: true; tree: Node } | { ok: false; problem: ConditionProblem } {
  try {
    check(text)
    return { ok: true, tree: parseTree(text) }
  } catch (error) {
    if (!(error instanceof ConditionError)) throw error
    const { message, offset } = error
    return { ok: false, problem: { message, offset, ...placeInText(text, offset) } }
  }
}

/** Parses and compiles; a text that cannot be read becomes a condition that can never be told. */
export function compileCondition(text: string): Condition {
  const parsed = parseCondition(text)
  if (parsed.ok) return compileTree(parsed.tree, text)
  const { message, line, column } = parsed.problem
  const verdict: Verdict = {
    outcome: 'unevaluable',
    detail: `the condition cannot be read: ${message} (line ${line}, column ${column})`,
  }
  return () => verdict
}
