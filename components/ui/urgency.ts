const minute = 60_000

export type Urgency = 'calm' | 'soon' | 'urgent' | 'over'

/**
 * How urgent a deadline is: urgent in the last tenth of the time given and in the last two minutes, soon in the
 * last quarter and the last ten minutes; of a short time never more than half.
 * @param leftMs until the deadline
 * @param wholeMs from asking to the deadline
 */
export function urgencyOf(leftMs: number, wholeMs: number): Urgency {
  if (leftMs <= 0) return 'over'
  const share = Math.min(leftMs, wholeMs) / wholeMs
  if (share < 0.1 || (leftMs < 2 * minute && share < 0.5)) return 'urgent'
  if (share < 0.25 || (leftMs < 10 * minute && share < 0.5)) return 'soon'
  return 'calm'
}
