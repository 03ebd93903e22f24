const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000] as const
const steps = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500].map((count) => count * day),
]
const most = 6

/**
 * Where a time axis is marked, in milliseconds from its beginning: at whole units, so that what stands there is what
 * is there; at most seven, the first at its beginning.
 * @param totalMs how long the axis is
 */
export function timeMarks(totalMs: number): number[] {
  // beyond a second, and beyond a minute, words say no more than these
  const least = totalMs <= second ? 1 : totalMs <= minute ? second : minute
  const step = steps.find((one) => one >= least && totalMs / one <= most) ?? totalMs / most
  return Array.from({ length: Math.floor(totalMs / step) + 1 }, (_, at) => at * step)
}
