const failuresBeforeHold = 5
const firstHoldMs = 5000
const longestHoldMs = 5 * 60_000
/** Of the workers, these many at most for targets whose last attempt failed, and for all not known to work. */
const mostFailing = 3
const mostUnproven = 8
const pauseMs = 2000

/**
 * Keeps targets that fail from taking the workers of those that do not. It is this process's own experience;
 * another one, or this one after a start, makes it anew with an attempt or two.
 */
export class Circuit {
  private readonly states = new Map<string, { failures: number; heldUntil: number }>()
  private readonly proven = new Set<string>()
  private readonly underWay = { failing: 0, unproven: 0 }

  /**
   * Asks to send to a webhook.
   * @param isFailing whether its last attempt on record failed
   * @returns milliseconds to wait and ask again, or what to call when the sending is over
   */
  enter(webhookId: string, isFailing: boolean, isByHand: boolean, now: number): number | (() => void) {
    const state = this.states.get(webhookId)
    if (state && !isByHand && state.heldUntil > now) return state.heldUntil - now
    if (this.proven.has(webhookId)) return () => undefined
    const fails = isFailing || state !== undefined
    if (fails && this.underWay.failing >= mostFailing) return pauseMs * (1 + Math.random())
    if (this.underWay.unproven >= mostUnproven) return pauseMs * (1 + Math.random())
    this.count(fails, 1)
    return () => this.count(fails, -1)
  }

  private count(fails: boolean, by: 1 | -1): void {
    this.underWay.unproven += by
    if (fails) this.underWay.failing += by
  }

  /**
   * After a failure: how long nothing is to be sent there. From the fifth in a row on, or at once where the target
   * kept a worker until the deadline; twice as long each time, five minutes at most.
   */
  failed(webhookId: string, wasSlow: boolean, now: number): number {
    this.proven.delete(webhookId)
    const failures = (this.states.get(webhookId)?.failures ?? 0) + (wasSlow ? failuresBeforeHold : 1)
    const holds = Math.floor(failures / failuresBeforeHold)
    const holdMs = holds === 0 ? 0 : Math.min(firstHoldMs * 2 ** (holds - 1), longestHoldMs)
    this.states.set(webhookId, { failures, heldUntil: now + holdMs })
    return holdMs
  }

  succeeded(webhookId: string): void {
    this.states.delete(webhookId)
    this.proven.add(webhookId)
  }

  /** Where it was set up anew, or is gone. */
  forget(webhookId: string): void {
    this.states.delete(webhookId)
    this.proven.delete(webhookId)
  }
}

/** The process's one. */
export const sharedCircuit = new Circuit()
