import type { Paused } from './schemas'

type Flags = { pausedAt: Date | null; pausedBy: string | null; pauseReason: string | null }

/** A pause as everybody outside sees it. */
export function pausedToWire(pause: { at: Date; by: string; reason: string | null }): NonNullable<Paused> {
  return { at: pause.at.toISOString(), by: pause.by, reason: pause.reason }
}

/** The same of a row that has its flags. */
export function flagsToWire({ pausedAt: at, pausedBy: by, pauseReason: reason }: Flags): Paused {
  return at === null ? null : pausedToWire({ at, by: by ?? '', reason })
}
