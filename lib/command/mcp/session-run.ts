import { randomUUID } from 'node:crypto'
import { Problem } from '@/lib/client/errors'
import type { Signals } from '@/lib/client/wait'
import type { Calls, Held } from './calls'

/** One run for all calls of a client's session, one for each call, or one of a given id. */
export type RunPer = 'session' | 'call' | { id: string }

/** The run that the calls of a client belong to. It begins with the first of them. */
export class SessionRun {
  /** What the client calls itself. */
  client = 'an MCP client'
  /** What every further call is answered where a person's no has ended the run. */
  isOver: string | undefined
  private begun: Promise<string> | undefined

  constructor(
    private readonly calls: Calls,
    private readonly per: RunPer,
    private readonly initiator: string | undefined,
  ) {}

  /** Holdpoint's id of it. */
  async id(signals: Signals): Promise<string> {
    if (this.per === 'call') return this.start(signals)
    this.begun ??= this.start([])
    try {
      return await this.begun
    } catch (error) {
      this.begun = undefined
      throw error
    }
  }

  private start(signals: Signals): Promise<string> {
    const externalId = typeof this.per === 'object' ? this.per.id : `mcp-${randomUUID()}`
    return this.calls.startRun(
      externalId,
      { input: { client: this.client }, initiator: this.initiator },
      signals,
    )
  }

  /** Ends with a person's no. @returns what the client is told */
  end({ message }: Pick<Held, 'message'>): string {
    const told = `${message} This run is over.`
    if (this.per !== 'call') this.isOver = told
    return told
  }

  /** @returns an error as it is; where it says that the run is over, that is remembered */
  heard(error: unknown): unknown {
    if (error instanceof Problem && error.code === 'run_finished') this.end({ message: error.message })
    return error
  }

  complete(id: string, signals: Signals): Promise<void> {
    return this.calls.completeRun(id, signals)
  }

  /** The run, where it was begun and may be ended with the session. */
  get toEnd(): Promise<string> | undefined {
    return this.per === 'session' && this.isOver === undefined ? this.begun : undefined
  }
}
