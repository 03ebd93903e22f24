import { countCharacters, isHighSurrogate } from '../json/characters'

/** A piece of shown text, and the number of characters of the source that it stands for. */
export type CountedPart = { kind: 'text' | 'control' | 'blanks' | 'cut'; text: string; count: number }

/**
 * Leaves out the middle of what takes more than `max` characters to show: two thirds of `max` from the
 * start, one third from the end, and between them a part of kind `cut`. Returns the same array where
 * everything fits. Only `text` is cut within; other parts stay or go as a whole.
 * @param length characters of the source that all parts stand for
 */
export function cutParts(parts: CountedPart[], max: number, length: number): CountedPart[] {
  let rendered = 0
  for (const part of parts) rendered += width(part)
  if (rendered <= max) return parts
  const headRoom = Math.ceil((max * 2) / 3)
  const head = takeParts(parts, headRoom, headOf)
  const tail = takeParts(parts.toReversed(), max - headRoom, tailOf).reverse()
  const hidden = length - sourceLength(head) - sourceLength(tail)
  return [
    ...head,
    { kind: 'cut', text: `⟨${hidden} of ${length} characters not shown⟩`, count: hidden },
    ...tail,
  ]
}

function takeParts(
  parts: CountedPart[],
  room: number,
  shorten: (text: string, characters: number) => string,
): CountedPart[] {
  const taken: CountedPart[] = []
  let left = room
  for (const part of parts) {
    if (width(part) > left) {
      const text = part.kind === 'text' ? shorten(part.text, left) : ''
      if (text !== '') taken.push({ kind: 'text', text, count: countCharacters(text) })
      break
    }
    taken.push(part)
    left -= width(part)
  }
  return taken
}

function width(part: CountedPart): number {
  return part.kind === 'text' ? part.count : part.text.length
}

function sourceLength(parts: CountedPart[]): number {
  return parts.reduce((sum, part) => sum + part.count, 0)
}

/** The first characters; an emoji that is cut loses its joiner too. */
function headOf(text: string, characters: number): string {
  let end = 0
  for (let i = 0; i < characters && end < text.length; i++)
    end += isHighSurrogate(text.charCodeAt(end)) ? 2 : 1
  return text.slice(0, end).replace(/\u200d$/, '')
}

/** The last characters, but not what would attach itself to the note before them. */
function tailOf(text: string, characters: number): string {
  let start = text.length
  for (let i = 0; i < characters && start > 0; i++)
    start -= isHighSurrogate(text.charCodeAt(start - 2)) ? 2 : 1
  return text.slice(start).replace(/^[\p{M}\p{EMod}\u200d]+/u, '')
}
