import type { SeenApproval } from '@/lib/approvals/schemas'
import type { BulkShape } from './bulk-shape'

/** What was begun for the selected requests and outlives the dialog's closing. */
export type BulkDraft = {
  /** By the tool. */
  reasons: ReadonlyMap<string, string>
  /** Ticked or not by hand; the others are ticked unless they stand out. */
  ticks: ReadonlyMap<string, boolean>
}

export const emptyDraft: BulkDraft = { reasons: new Map(), ticks: new Map() }

/** Of a longer table so many rows are drawn at first. */
export const rowsDrawn = 100

/**
 * Which of the requests a confirmation would decide; none before each of them was drawn.
 * @param isOut whether one is not to be decided, ticked or not
 */
export function chosenOf(
  { rows, oddities }: BulkShape,
  { ticks }: BulkDraft,
  { isWhole, isOut }: { isWhole: boolean; isOut: (approval: SeenApproval) => boolean },
): { chosen: SeenApproval[]; isAllDrawn: boolean } {
  const isTicked = (id: string) => ticks.get(id) ?? (oddities.get(id)?.length ?? 0) === 0
  const chosen = rows
    .map(({ approval }) => approval)
    .filter((one) => one.status === 'pending' && isTicked(one.id) && !isOut(one))
  return { chosen, isAllDrawn: isWhole || rows.length <= rowsDrawn }
}
