/** Line and column of a file, both from 1 and in characters. */
export type Place = { line: number; column: number }

export function placeWords({ line, column }: Place): string {
  return `Line ${line}, column ${column}`
}

/** Puts the cursor of a text area at a place, with the rest of its line selected, and scrolls there. */
export function selectPlace(area: HTMLTextAreaElement | null, { line, column }: Place): void {
  if (!area) return
  const lines = area.value.split('\n')
  const index = Math.min(line, lines.length) - 1
  const text = lines[index] ?? ''
  const start = lines.slice(0, index).reduce((sum, before) => sum + before.length + 1, 0)
  const within = [...text].slice(0, column - 1).join('').length
  area.focus()
  area.setSelectionRange(start + within, start + text.length)
  const lineHeight = area.scrollHeight / Math.max(1, lines.length)
  area.scrollTop = Math.max(0, index * lineHeight - area.clientHeight / 3)
}

/** Whether a warning speaks of a place in the file, not of the whole file. */
export function hasPlace({ code }: { code: string }): boolean {
  return code !== 'loosens_policy'
}
