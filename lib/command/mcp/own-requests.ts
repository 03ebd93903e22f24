import { isUnanswered, lookAt, type Id } from './message'

/** Requests that the proxy makes of a server by itself, for no client that waits for them. */
export class OwnRequests {
  private readonly waiting = new Map<Id, (answered: string | undefined) => void>()

  private isLost = false

  /** @returns the answer; undefined where it will not come */
  make(id: Id, send: () => void): Promise<string | undefined> {
    if (this.isLost) return Promise.resolve(undefined)
    return new Promise((resolve) => {
      this.waiting.set(id, resolve)
      send()
    })
  }

  /** @returns whether a message of the server answers one of them */
  hear(id: Id, text: string): boolean {
    const resolve = this.waiting.get(id)
    if (!resolve) return false
    this.waiting.delete(id)
    const message = lookAt(text)
    resolve(message && !isUnanswered(message) ? text : undefined)
    return true
  }

  /** Nothing more comes. */
  lose(): void {
    this.isLost = true
    for (const resolve of this.waiting.values()) resolve(undefined)
    this.waiting.clear()
  }
}
