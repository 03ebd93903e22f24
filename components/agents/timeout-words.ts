const units = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const

/** A timeout to its last second, in every unit that it has: `1 h`, `1 min 30 s`, `7 d`. */
export function timeoutWords(seconds: number): string {
  const words: string[] = []
  let rest = seconds
  for (const [size, unit] of units) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) words.push(`${count} ${unit}`)
  }
  return words.join(' ') || '0 s'
}
