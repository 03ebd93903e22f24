export type Ids = { start_id: string; claim_id: string }

/** Of somebody who alone takes what is granted to them. */
export function newIds(): Ids {
  return { start_id: crypto.randomUUID(), claim_id: crypto.randomUUID() }
}

/** What one process is at with one call. */
export type Work<T> = {
  /** How many are at this call. */
  count: number
  /** Of who runs it in this process, or has run it and could not tell. */
  outcome?: Promise<T>
  isUntold?: boolean
}

/**
 * One life of an agent, from the start of its process to the end. Holdpoint knows it by ids that only it knows, and
 * lets it claim again what it has claimed, since an answer may have got lost; that the call runs once in this life is
 * then up to us.
 */
export class Life {
  private known: Ids | undefined
  private readonly works = new Map<string, Work<unknown>>()
  private readonly begun = new Map<string, Work<unknown>>()

  /** Drawn when they are needed: some edges forbid chance while a module loads. */
  get ids(): Ids {
    return (this.known ??= newIds())
  }

  /**
   * Comes to a call: before its question is put, so that no answer that is on its way finds the call forgotten. Its
   * outcome is remembered until all have left and Holdpoint knows it, that it began as long as a call of its run is open.
   * @param key the id of the run, a blank, and what tells the call from others
   */
  enter<T>(key: string): Work<T> {
    const work = this.works.get(key) ?? { count: 0 }
    this.works.set(key, work)
    work.count++
    return work as Work<T>
  }

  /** Whether a call that was granted is this one's: it may be asked for under two names, as `c` and, by who resumes, as `c.2`. */
  begin(call: string, work: Work<unknown>): boolean {
    if (!this.begun.has(call)) this.begun.set(call, work)
    return this.begun.get(call) === work
  }

  leave(key: string, work: Work<unknown>): void {
    work.count--
    if (work.count > 0 || work.isUntold) return
    this.works.delete(key)
    // that it has begun is kept for an answer on its way to a call that may be this one
    delete work.outcome
    const run = key.slice(0, key.indexOf(' ') + 1)
    for (const one of this.works.keys()) if (one.startsWith(run)) return
    for (const call of this.begun.keys()) if (call.startsWith(run)) this.begun.delete(call)
  }
}
