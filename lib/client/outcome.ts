import type { AskOptions } from './call.ts'
import type { ToolError } from './errors.ts'
import type { JsonObject } from './json.ts'
import type { Approval } from './approval.ts'

/** What became of a call. */
export type Outcome<T, P = JsonObject> =
  | {
      kind: 'ran'
      output: T
      params: P
      /** Whether a reviewer changed the params before approving them. */
      edited: boolean
      /** Whether it ran earlier, and this is what is recorded of it. */
      replayed: boolean
      approval?: Approval | undefined
      /** Stands where Holdpoint kept only a part of a long output. */
      truncated?: { bytes: number }
    }
  | { kind: 'failed'; error: ToolError; replayed: boolean }
  | { kind: 'rejected'; status: 'rejected' | 'expired'; message: string; approval: Approval }
  | { kind: 'parked'; approval: Approval; resumeWith: { run: string; callId: string } }

/** A call that was let through: what a tool is handed beside its params, and `earlier` is asked about. */
export type ReleasedCall<P = JsonObject> = {
  run: string
  callId: string
  /** An idempotency key for what is behind the tool: the same in every life of the agent, another where it was asked again. */
  toolCallId: string
  tool: string
  params: P
  approval?: Approval | undefined
  /** Aborts with the signal of the call and with the run. */
  signal: AbortSignal
}

/** What `earlier` answers where the tool's books say for certain that the call has not run and never will. */
export const neverRan: unique symbol = Symbol.for('holdpoint.neverRan') as never

export type Earlier<T> = T | undefined | typeof neverRan

export type GateOptions<T, P = JsonObject> = AskOptions & {
  /** `park` does not wait for a person: what is held is handed back, for any process to go on with later. */
  mode?: 'wait' | 'park' | undefined
  /** Asks the tool's own books about a call that was let through before and left no result: its output, or undefined where they cannot tell. */
  earlier?: ((call: ReleasedCall<P>) => Earlier<T> | Promise<Earlier<T>>) | undefined
  /** Told before the tool runs with params that a reviewer changed; `approval.edited` says what was changed. */
  onEdit?: ((approval: Approval) => void | Promise<void>) | undefined
  /** Whether an abort also takes the request back. */
  withdrawOnAbort?: boolean | undefined
}

export type Execute<T, P = JsonObject> = (params: P, call: ReleasedCall<P>) => T | Promise<T>
