const maxCharacters = 60
const most = 5

/**
 * Short reasons to offer again: the most used of those given, of equals the latest; one of those that differ in case and
 * spaces only.
 * @param reasons latest first; null where none was given
 */
export function presetsFrom(reasons: (string | null)[]): string[] {
  const used = new Map<string, { text: string; times: number }>()
  for (const reason of reasons) {
    const text = reason?.trim().replace(/\s+/g, ' ') ?? ''
    if (text === '' || text.length > maxCharacters) continue
    const known = used.get(text.toLowerCase())
    if (known) known.times++
    else used.set(text.toLowerCase(), { text, times: 1 })
  }
  return [...used.values()]
    .toSorted((one, other) => other.times - one.times)
    .slice(0, most)
    .map(({ text }) => text)
}
