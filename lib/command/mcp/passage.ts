import type { JsonObject } from '@/lib/client/json'
import type { Answered } from './answers'
import type { ToolRequest } from './message'
import type { SessionRun } from './session-run'
import type { UpstreamFacts } from './upstream-facts'

/** A call of a tool that a client makes. */
export type Incoming = {
  request: ToolRequest
  /** The message as it came. */
  text: string
  /** Whether the client speaks the revision of 2026-07-28, whose calls may take several rounds. */
  isModern: boolean
  /** Whether it may be told that the call is a task, to be asked for. */
  takesTasks: boolean
  upstream: UpstreamFacts
  run: SessionRun
  /** Aborts when nobody waits for the answer any more. */
  left: AbortSignal
  /** Tells the client that the call goes on; undefined where it cannot be told. */
  progress: ((message: string, seconds: number) => void) | undefined
}

/** What becomes of it. */
export type Handled =
  | Answered
  /** Nobody is there to be answered. */
  | { kind: 'gone' }
  | { kind: 'release'; released: Released }

/** A call that the server may be sent, once. */
export type Released = {
  /** The message for the server. */
  text: string
  /** What may run, where a reviewer changed it. */
  changedArgs: JsonObject | undefined
  /** Takes the server's answer. @returns what the client is answered */
  finish(text: string): string
  /** The server's answer will not come. */
  lose(): void
}

/** One call on its way through the gate. */
export type Passage = Incoming & {
  tool: string
  digest: string
  round: number
  /** Whether the call was known by an id, and not by what it says. */
  isIdentified: boolean
  /** The id of the call in Holdpoint, and how often it was asked about. */
  callId: string
  attempt: number
  key: string
}

/** What names a call. */
export type CallKey = { runId: string; toolCallId: string }

/** The same as one text. */
export function keyOf({ runId, toolCallId }: CallKey): string {
  return `${runId} ${toolCallId}`
}
