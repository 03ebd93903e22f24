import type { Snooze } from '@/lib/approvals/snooze'

/** Until when the page itself had requests put off, or null where it took them back. */
export type Noted = ReadonlyMap<string, string | null>

/** What of it the server still says; the rest was changed elsewhere since. */
export function stillHolding(noted: Noted, items: readonly Snooze[]): Noted {
  const ends = endsOf(items)
  const holding = [...noted].filter(([id, until]) => (ends.get(id) ?? null) === until)
  return holding.length === noted.size ? noted : new Map(holding)
}

/** Whether something was put off or taken back since the last reading, and not by the page itself. */
export function changedElsewhere(before: readonly Snooze[], items: readonly Snooze[], noted: Noted): boolean {
  const [was, is] = [endsOf(before), endsOf(items)]
  return [...new Set([...was.keys(), ...is.keys()])].some((id) => {
    const until = is.get(id) ?? null
    return was.has(id) !== is.has(id) && noted.get(id) !== until
  })
}

function endsOf(items: readonly Snooze[]): ReadonlyMap<string, string> {
  return new Map(items.map((one) => [one.approval_id, one.until]))
}
