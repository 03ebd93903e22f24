import { createHmac, timingSafeEqual } from 'node:crypto'
import { isObject } from '@/lib/client/json'

/** What a client carries from one round of a held call to the next. */
export type CallState = {
  /** The approval, or, once the call was released, the round of the server's own that is continued. */
  call: string
  kind: 'held' | 'released'
  round: number
  principal: string
  digest: string
  /** Milliseconds since 1970. */
  exp: number
}

/** For how long a client may come back, in milliseconds: a request and its grant, with a day to spare. */
export const stateMs = 8 * 24 * 3_600_000

const prefix = 'hp1.'

/** Seals what a client carries, so that it can neither be read for more than it is nor changed. */
export class Seal {
  /** @param secret known to every process that goes on with a call, and never to a client */
  constructor(
    private readonly secret: string,
    private readonly now: () => number = Date.now,
  ) {}

  put(state: CallState): string {
    const text = Buffer.from(JSON.stringify(state)).toString('base64url')
    return `${prefix}${text}.${this.mark(text)}`
  }

  /**
   * @returns undefined for what is none of ours, which is the server's; null for what claims to be ours and is not, or no
   * longer
   */
  open(sealed: string): CallState | undefined | null {
    if (!sealed.startsWith(prefix)) return undefined
    const [text = '', mark = ''] = sealed.slice(prefix.length).split('.')
    const right = Buffer.from(this.mark(text))
    const given = Buffer.from(mark)
    if (given.length !== right.length || !timingSafeEqual(given, right)) return null
    const state: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    return isObject(state) && Number(state.exp) > this.now() ? (state as CallState) : null
  }

  private mark(text: string): string {
    return createHmac('sha256', `holdpoint mcp request state ${this.secret}`).update(text).digest('base64url')
  }
}
