const second = 1000
const minute = 60 * second
const hour = 60 * minute

/** Pauses after the first, second … failure (Standard Webhooks, "Deliverability and reliability"). */
const pausesMs = [
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
]
const jitter = 0.1

/**
 * How long to wait before the next attempt, up to a tenth longer so that many do not come back at once.
 * @param failures attempts that failed so far, from 1
 * @param chance from 0 to 1
 * @returns milliseconds, or undefined where it is given up
 */
export function retryPauseMs(failures: number, chance: number = Math.random()): number | undefined {
  const pause = pausesMs[failures - 1]
  return pause === undefined ? undefined : Math.round(pause * (1 + jitter * chance))
}

/** Attempts that a delivery gets by itself. */
export const mostAttempts = pausesMs.length + 1
