import type { Approval } from './approval.ts'

/** One thing wrong with what was sent: an RFC 6901 pointer, and how to mend it. */
export type Issue = { pointer: string; detail: string }

type Members = {
  status?: number | undefined
  code?: string | undefined
  errors?: Issue[] | undefined
  approval?: Approval | undefined
  cause?: unknown
}

/**
 * What the client throws. Tell the kinds apart by `name`, which two copies of this package agree on. Whichever it is,
 * the tool did not run now.
 */
class HoldpointError extends Error {
  /** The HTTP status, where there was an answer. */
  readonly status: number | undefined
  /** A code of Holdpoint's, such as `idempotency_mismatch`, or what became of the approval. */
  readonly code: string
  readonly errors: Issue[]
  readonly approval: Approval | undefined

  constructor(message: string, { status, code, errors, approval, cause }: Members) {
    super(message, { cause })
    this.status = status
    this.code = code ?? approval?.status ?? 'unknown'
    this.errors = Array.isArray(errors) ? errors : []
    this.approval = approval
  }
}

/** A "no" that ended the run, or a run that has ended: the agent stops. */
export class Refused extends HoldpointError {
  override readonly name = 'Refused'
}

/**
 * Nobody answered within the patience, or nobody whose answer could be believed: `code` is `unavailable`; or a person
 * had paused the agent, and it was not let go on: `agent_paused`.
 */
export class Unavailable extends HoldpointError {
  override readonly name = 'Unavailable'
}

/**
 * The call was let through before and no result is recorded: nobody knows whether it ran, and somebody has to look;
 * `code` is `indeterminate`.
 */
export class Indeterminate extends HoldpointError {
  override readonly name = 'Indeterminate'
}

/** An answer that says no, with its code; or what is not sent because it could not be said in JSON. */
export class Problem extends HoldpointError {
  override readonly name = 'Problem'
}

/** Thrown by a `gated` function whose call a person rejected, or that expired, where the run goes on. */
export class Rejected extends HoldpointError {
  override readonly name = 'Rejected'
}

/** Somebody else saved a checkpoint since this process loaded or saved its own. */
export class StaleCheckpoint extends HoldpointError {
  override readonly name = 'StaleCheckpoint'
}

/** What a tool threw: `cause` where it did just now, or as it was recorded. */
export class ToolError extends Error {
  override readonly name = 'ToolError'
}
