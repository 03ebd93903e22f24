/** Whether all was sent, or it ended sooner and why. */
export type BatchesEnd = 'done' | 'stopped' | 'failed'

/**
 * Sends items in batches, one after the other.
 * @param isStopped asked before each batch but the first; what is on its way is waited for
 * @param send says whether the next batch may follow
 */
export async function inBatches<T>(
  items: T[],
  size: number,
  isStopped: () => boolean,
  send: (batch: T[], from: number) => Promise<boolean>,
): Promise<BatchesEnd> {
  for (let from = 0; from < items.length; from += size) {
    if (from > 0 && isStopped()) return 'stopped'
    if (!(await send(items.slice(from, from + size), from))) return 'failed'
  }
  return 'done'
}
