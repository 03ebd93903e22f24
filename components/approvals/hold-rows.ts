import type { SeenApproval } from '@/lib/approvals/schemas'

/**
 * The rows to show while a reviewer is in the list: those of the moment the hold began, in their order and
 * place, with what is known of them now, also of those that left the list. What comes behind the last of them follows
 * at the end, where it moves none; what comes before is only counted.
 * @param items the list as it is now, in order
 * @param frozen the list when the hold began, or null without a hold
 * @param known the latest of every request
 * @param compare the list's order
 */
export function holdRows(
  items: SeenApproval[],
  frozen: SeenApproval[] | null,
  known: ReadonlyMap<string, SeenApproval>,
  compare: (a: SeenApproval, b: SeenApproval) => number,
): { rows: SeenApproval[]; newCount: number } {
  if (frozen === null) return { rows: items, newCount: 0 }
  const shown = new Set(frozen.map(({ id }) => id))
  const last = frozen.at(-1)
  const unknown = items.filter(({ id }) => !shown.has(id))
  const behind = unknown.filter((one) => last !== undefined && compare(one, last) > 0)
  return {
    rows: [...frozen.map((one) => known.get(one.id) ?? one), ...behind],
    newCount: unknown.length - behind.length,
  }
}
