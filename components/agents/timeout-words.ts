import * as say from '@/words/agents/timeout-words'

const units = [
  [86_400, say.units.day],
  [3600, say.units.hour],
  [60, say.units.minute],
  [1, say.units.second],
] as const

/** A timeout to its last second, in every unit that it has: `1 h`, `1 min 30 s`, `7 d`. */
export function timeoutWords(seconds: number): string {
  const parts: string[] = []
  let rest = seconds
  for (const [size, unit] of units) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) parts.push(`${count} ${unit}`)
  }
  return parts.join(' ') || say.inSeconds(0)
}
