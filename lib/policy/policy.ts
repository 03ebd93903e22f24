/** What happens to a run whose call was rejected: it fails, or the agent is told and goes on. */
export type OnRejection = 'fail' | 'continue'

/** One line of `approval.tools`. Settings that are not given come from the block. */
export type PolicyEntry = {
  /** A tool's name, or a wildcard as fnmatch reads it (`* ? [abc] [!abc]`). */
  tool: string
  /** The condition as written, without blanks around it; null gates every call. */
  when: string | null
  /** Seconds; null takes the block's. */
  timeout: number | null
  /** null shows no message; a missing one takes the block's. */
  message?: string | null | undefined
  /** null takes the block's. */
  onRejection: OnRejection | null
}

/** An `approval:` block as understood; plain JSON. */
export type Policy = {
  tools: PolicyEntry[]
  /** Seconds that a request waits for a decision, 30 to 604,800. */
  timeout: number
  message: string | null
  onRejection: OnRejection
}

/** A policy as the API echoes it: each tool with the settings that hold for it. */
export type PolicyOnWire = {
  tools: {
    tool: string
    when: string | null
    timeout: number
    message: string | null
    on_rejection: OnRejection
  }[]
  timeout: number
  message: string | null
  on_rejection: OnRejection
}

export const defaultTimeoutSeconds = 3600

/** The policy of a file without `approval:`; it gates nothing. */
export const emptyPolicy: Policy = {
  tools: [],
  timeout: defaultTimeoutSeconds,
  message: null,
  onRejection: 'fail',
}

/** The settings that hold for an entry: its own, else the block's. */
export function settingsOf(
  policy: Policy,
  entry: PolicyEntry,
): { timeoutSeconds: number; message: string | null; onRejection: OnRejection } {
  return {
    timeoutSeconds: entry.timeout ?? policy.timeout,
    message: entry.message === undefined ? policy.message : entry.message,
    onRejection: entry.onRejection ?? policy.onRejection,
  }
}
