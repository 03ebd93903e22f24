/** What is put off comes back when this share of its time is left, and at least so many milliseconds. */
const leftShare = 0.2
const leastLeftMs = 5 * 60_000

/**
 * When a request that is put off comes back at the latest, so that there is time to decide it.
 * @param askedAt in milliseconds, as `dueAt` and the answer
 */
export function latestEnd(askedAt: number, dueAt: number): number {
  return dueAt - Math.max(leastLeftMs, (dueAt - askedAt) * leftShare)
}
