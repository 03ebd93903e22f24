import { within, type Signals } from './wait.ts'

type Work = {
  /** How many are at this call. */
  count: number
  outcome: Promise<unknown> | undefined
  isUntold: boolean
}

/** What one process is at with one call. */
export type Once<T> = {
  /** Whether somebody in this process runs it, or has run it and could not tell. */
  isBegun(): boolean
  /** Does the work, or waits for the outcome of who does it already. */
  run(signals: Signals, work: () => Promise<T>): Promise<T>
  /** Whether a call that was granted is this one's: it may be asked for under two names, as `c` and, by who resumes, as `c.2`. */
  begin(call: string): boolean
  isUntold(): boolean
  told(): void
  leave(): void
}

/**
 * One life of an agent, from the start of its process to the end. Holdpoint knows it by ids that only it knows, and
 * lets it claim again what it has claimed, since an answer may have got lost; that the call runs once in this life is
 * then up to us.
 */
export class Life {
  private known: { start_id: string; claim_id: string } | undefined
  private readonly works = new Map<string, Work>()
  private readonly begun = new Map<string, Work>()

  /** Drawn when they are needed: some edges forbid chance while a module loads. */
  get ids(): { start_id: string; claim_id: string } {
    return (this.known ??= { start_id: crypto.randomUUID(), claim_id: crypto.randomUUID() })
  }

  /**
   * Comes to a call: before its question is put, so that no answer that is on its way finds the call forgotten. Its
   * outcome is remembered until all have left and Holdpoint knows it.
   */
  enter<T>(key: string): Once<T> {
    const { works, begun } = this
    const work = works.get(key) ?? { count: 0, outcome: undefined, isUntold: false }
    works.set(key, work)
    work.count++
    return {
      isBegun: () => work.outcome !== undefined,
      async run(signals, make) {
        if (work.outcome) return within(Infinity, signals, () => work.outcome as Promise<T>)
        const outcome = make()
        work.outcome = outcome
        const made = await outcome
        work.isUntold = true
        return made
      },
      begin: (call) => begun.set(call, begun.get(call) ?? work).get(call) === work,
      isUntold: () => work.isUntold,
      told: () => void (work.isUntold = false),
      leave() {
        work.count--
        if (work.count === 0 && !work.isUntold) works.delete(key)
        if (works.size === 0) begun.clear()
      },
    }
  }
}
