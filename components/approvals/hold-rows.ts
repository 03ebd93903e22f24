import type { SeenApproval } from '@/lib/approvals/schemas'

export type HeldRow = {
  approval: SeenApproval
  /** It has left the list that the server gives; the row stays in its place until the hold ends. */
  isGone: boolean
}

/**
 * The rows to show while a reviewer is in the list: those of the moment the hold began, in their order and
 * place, with what is known of them now. Later ones that "load more" brought may follow at the end; what comes
 * before is only counted.
 * @param items the list as the server gives it now, by the nearest deadline
 * @param frozen the list when the hold began, or null without a hold
 */
export function holdRows(
  items: SeenApproval[],
  frozen: SeenApproval[] | null,
): { rows: HeldRow[]; newCount: number } {
  if (frozen === null) return { rows: items.map((approval) => ({ approval, isGone: false })), newCount: 0 }
  const now = new Map(items.map((approval) => [approval.id, approval]))
  const known = new Set(frozen.map((approval) => approval.id))
  const last = frozen.at(-1)
  const unknown = items.filter((approval) => !known.has(approval.id))
  const later = unknown.filter((approval) => last !== undefined && isLater(approval, last))
  return {
    rows: [
      ...frozen.map((approval) => ({
        approval: now.get(approval.id) ?? approval,
        isGone: !now.has(approval.id),
      })),
      ...later.map((approval) => ({ approval, isGone: false })),
    ],
    newCount: unknown.length - later.length,
  }
}

function isLater(a: SeenApproval, b: SeenApproval): boolean {
  return a.expires_at > b.expires_at || (a.expires_at === b.expires_at && a.id > b.id)
}
