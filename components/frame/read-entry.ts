import { writeJson } from '@/lib/json/write'

/** What is known of an address: what was read last, and why it could not be read again. */
export type Known<T> = {
  data: T | undefined
  error: Error | undefined
  /** Being read. */ isLoading: boolean
}

/** What nobody looks at is forgotten beyond so many. */
const mostKept = 100

/** One address of which something was read, for all that look at it. */
export class Entry {
  known: Known<unknown> = { data: undefined, error: undefined, isLoading: false }
  readonly listeners = new Set<() => void>()
  failures = 0
  begunAt = -Infinity
  private turn = 0
  private answered = 0

  async read(fetcher: () => Promise<unknown>, tellError: (error: unknown) => void): Promise<void> {
    const turn = ++this.turn
    this.begunAt = performance.now()
    this.tell({ isLoading: true })
    // Of answers that overtake each other the one that was asked for last holds.
    const isNews = () => turn > this.answered && (this.answered = turn) > 0
    try {
      const data = await fetcher()
      if (!isNews()) return
      this.failures = 0
      const isSame = this.known.data !== undefined && writeJson(data) === writeJson(this.known.data)
      this.tell({ ...(isSame ? {} : { data }), error: undefined, isLoading: turn < this.turn })
    } catch (error) {
      if (!isNews()) return
      this.failures++
      this.tell({ error: error as Error, isLoading: turn < this.turn })
      tellError(error)
    }
  }

  private tell(change: Partial<Known<unknown>>) {
    this.known = { ...this.known, ...change }
    this.listeners.forEach((listener) => listener())
  }
}

const entries = new Map<string, Entry>()

/** The same for the same key as long as somebody looks at it, and a while longer. */
export function entryOf(key: string): Entry {
  const known = entries.get(key)
  if (known) return known
  for (const [old, { listeners }] of entries) {
    if (entries.size < mostKept) break
    if (listeners.size === 0) entries.delete(old)
  }
  const made = new Entry()
  entries.set(key, made)
  return made
}
