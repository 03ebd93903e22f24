import * as say from '@/words/agents/place'

/** Line and column of a file, both from 1 and in characters. */
export type Place = { line: number; column: number }

export function placeWords({ line, column }: Place): string {
  return say.lineAndColumn(line, column)
}

/** Whether a warning speaks of a place in the file, not of the whole file. */
export function hasPlace({ code }: { code: string }): boolean {
  return code !== 'loosens_policy'
}
