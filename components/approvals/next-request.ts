import type { SeenApproval } from '@/lib/approvals/schemas'
import * as say from '@/words/approvals/next-request'
import { countWords } from './count-words'

type From = {
  /** The request that is open. */
  id: string | undefined
  /** Where it stands in the rows, or stood before it left them. */
  lastAt: number
}

/** The next that waits: after the place of the open one, else the first. */
export function nextOf(
  rows: SeenApproval[],
  { id: openId, lastAt, isPendingTab }: From & { isPendingTab: boolean },
): string | undefined {
  const at = rows.findIndex(({ id }) => id === openId)
  const waits = ({ id, status }: SeenApproval) => id !== openId && (!isPendingTab || status === 'pending')
  return (rows.slice(at < 0 ? lastAt : at + 1).find(waits) ?? rows.find(waits))?.id
}

/** The row below or above the place of the open one. */
export function neighbourOf(
  rows: SeenApproval[],
  { id: openId, lastAt }: From,
  by: 1 | -1,
): SeenApproval | undefined {
  const at = rows.findIndex(({ id }) => id === openId)
  // What followed a row that left stands in its place now.
  return rows[at >= 0 ? at + by : by > 0 ? lastAt : lastAt - 1]
}

/** Where a request stands in the rows, of all that there are: `2 of 3`; null where it is not in them, or that is not known. */
export function placeOf(
  rows: readonly Pick<SeenApproval, 'id'>[],
  id: string | undefined,
  total: number | undefined,
): string | null {
  const place = rows.findIndex((row) => row.id === id) + 1
  if (place === 0 || total === undefined) return null
  return say.placeOf(place, countWords(Math.max(total, place)))
}
