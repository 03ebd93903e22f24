import type { SeenApproval } from '@/lib/approvals/schemas'

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
