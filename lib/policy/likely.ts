/** Edits (insert, drop, change, swap of neighbours) that make one word the other: Damerau's distance. */
function distance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  const at = (i: number, j: number) => rows[i]?.[j] ?? Infinity
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    rows.push(row)
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const swap = isSwap ? at(i - 2, j - 2) + 1 : Infinity
      row.push(Math.min(at(i - 1, j) + 1, (row[j - 1] ?? 0) + 1, at(i - 1, j - 1) + change, swap))
    }
  }
  return at(a.length, b.length)
}

const meant: Record<string, string> = { if: 'when', condition: 'when', cond: 'when', unless: 'when' }

/** The key that a misspelled one most likely stands for (`timout`, `onRejection`), or undefined. */
export function likelyKey(key: string, known: readonly string[]): string | undefined {
  if (key.length > 40) return undefined
  const plain = key
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replaceAll('-', '_')
  const other = Object.hasOwn(meant, plain) ? meant[plain] : undefined
  if (other !== undefined && known.includes(other)) return other
  let best: string | undefined
  let least = 3
  for (const each of known) {
    const edits = distance(plain, each)
    if (edits < least && edits * 2 < each.length) {
      best = each
      least = edits
    }
  }
  return best
}
