import type { Clause } from './terms'

/** What happens to a run whose call was rejected: it fails, or the agent is told and goes on. */
export type OnRejection = 'fail' | 'continue'

/** Who may be kept from deciding: whom the run acts for, who deployed the file, edited the call, made the agent's key. */
export const exclusions = ['initiator', 'deployer', 'editor', 'key_creator'] as const
export type Exclusion = (typeof exclusions)[number]

/** Seconds that all extensions of an approval together may have where its policy says nothing. */
export const defaultMaxExtension = 86_400

/** Who has to approve: one of these clauses, or all of them by distinct people. */
export type Reviewers = { any_of: Clause[] } | { all_of: Clause[] }

/** Who is asked too, after whole seconds or a percentage of the time allowed (`50%`). */
export type Escalate = { after: number | string; to: string[] }[]

/** What a block or an entry says beyond timeout, message and on_rejection, by the names of the file. */
export type PolicyTerms = {
  reviewers?: Reviewers
  /** Of the block alone: what `agent:owners` stands for. */
  owners?: string[]
  self_approval?: 'project' | 'never'
  exclude?: Exclusion[]
  reason?: 'optional' | 'on_reject' | 'required'
  escalate?: Escalate
  max_extension?: number
  edit?: boolean | string[]
  justification?: 'optional' | 'required'
  repeat?: 'ask' | 'refuse'
}

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
  /** What is missing in it takes the block's. */
  terms?: PolicyTerms
}

/** An `approval:` block as understood; plain JSON. */
export type Policy = {
  tools: PolicyEntry[]
  /** Seconds that a request waits for a decision, 30 to 604,800. */
  timeout: number
  message: string | null
  onRejection: OnRejection
  terms?: PolicyTerms
}

/** A policy as the API echoes it: each tool with the settings that hold for it. */
export type PolicyOnWire = {
  tools: ({
    tool: string
    when: string | null
    timeout: number
    message: string | null
    on_rejection: OnRejection
  } & PolicyTerms)[]
  timeout: number
  message: string | null
  on_rejection: OnRejection
} & PolicyTerms

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
