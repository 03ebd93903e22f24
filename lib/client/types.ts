// Written by types.test.ts from the OpenAPI document.

/** What the agent should do now. */
export type Next = {
  action: 'wait' | 'execute' | 'done' | 'ask_again' | 'stop' | 'continue'
  message: string
}

export type Decision = {
  decision: 'approve' | 'reject' | 'request_changes'
  reason: string | null
  reviewer: { id: string; name: string | null; email: string }
  via: 'console' | 'api' | 'mcp'
  at: string
  /** There only where it was given by break-glass, against what the policy demands. */
  override?: { reason: string }
}

export type Rule = {
  /** The policy entry that fired, as written. */
  tool: string
  condition: string | null
  outcome: 'always' | 'true' | 'unevaluable'
  detail: string | null
}

/** Where the call comes from, such as `framework` and `thread`: texts by name, at most 4 kB. No rule sees them; reviewers do, as the agent’s own words. */
export type Metadata = Record<string, string>

export type Person = { id: string; name: string | null; email: string }

/** Who decides, as the policy said when the call was asked for; null: any one reviewer. */
export type Requirement = {
  /** Each has to be met; in `all_of` one person fills one place. */
  rules: {
    rule: { tool: string; condition: string | null }
    any_of?: {
      /** Slugs of groups, e-mail addresses, `role:reviewer`, `role:admin`, `role:owner` (that role and above), `agent:owners`. */
      from: string[]
      approvals: number
      rejections: number
    }[]
    all_of?: {
      /** Slugs of groups, e-mail addresses, `role:reviewer`, `role:admin`, `role:owner` (that role and above), `agent:owners`. */
      from: string[]
      approvals: number
      rejections: number
    }[]
  }[]
  exclude: ('initiator' | 'deployer' | 'editor' | 'key_creator')[]
  reason: 'optional' | 'on_reject' | 'required'
  escalate: { at: string; to: string[]; reached: boolean }[]
  /** Seconds that all extensions together may have. */
  max_extension: number
}

/** How far the rules of `requirement` are met, in their order. */
export type Progress = {
  /** Such as `1 of 2 from finance`. */
  text: string
  rules: { met: boolean; clauses: { approvals: number; needed: number }[] }[]
}

/** What a person did about the request; the latest of a seat counts. */
export type Review = {
  id: string
  decision: 'approve' | 'reject' | 'request_changes' | 'withdraw'
  reviewer: Person
  /** Who is away, and on whose seat it counts. */
  on_behalf_of: { id: string; name: string | null; email: string | null } | null
  reason: string | null
  via: 'console' | 'api' | 'mcp'
  /** Of the params that it is about. */
  digest: string
  counts: boolean
  /** Why it does not count, or no longer. */
  why_not: string | null
  at: string
}

/** Whether the member who asks may decide now; only for members. */
export type CanDecide = {
  allowed: boolean
  /** Null where it is allowed. */
  because: 'over' | 'forbidden' | 'own_request' | 'excluded' | 'not_a_reviewer' | null
  message: string | null
}

export type Edited = {
  requested_params: Record<string, unknown>
  requested_digest: string
  /** Who gave the params in force, at `at` and for `reason`. */
  by: { id: string; name: string | null; email: string }
  /** Everybody who changed them, for each builds on the change before; in order of their first. */
  editors: { id: string; name: string | null; email: string }[]
  at: string
  reason: string | null
  /** `from` is missing where something was added, `to` where it was removed. */
  changes: { pointer: string; from?: unknown; to?: unknown }[]
}

export type Editable = {
  /** All params, or JSON pointers with `*` for any index; also what lies below. */
  places: true | string[]
  /** As the agent sent it; null: every value keeps its type. */
  schema: Record<string, unknown> | null
}

export type Denied = {
  by: 'repeat'
  /** The request of this run by which a person rejected the same call. */
  of: string
}

export type Approval = {
  required: true
  id: string
  status: 'pending' | 'approved' | 'rejected' | 'expired' | 'cancelled'
  run_id: string
  tool_call_id: string
  agent: string
  tool: string
  /** What may run: as the agent asked, or as a reviewer changed it (`edited`). */
  params: Record<string, unknown>
  /** Of `params`: sha256: and the hex SHA-256 of the RFC 8785 form of {params, tool}, whole numbers beyond 2^53 in full digits. */
  digest: string
  message: string | null
  description: string | null
  /** As the ask sent it, which the policy saw laid over that of the run. */
  context: Record<string, unknown> | null
  metadata: Metadata | null
  /** The same of calls that were asked for together. */
  turn_id: string | null
  rule: Rule
  on_rejection: 'fail' | 'continue'
  policy_version: number
  requested_at: string
  expires_at: string
  decided_at: string | null
  decision: Decision | null
  wait_ms: number | null
  claimed_at: string | null
  /** Refused without asking anybody: `rejected`, and no `decision`. Null else. */
  denied: Denied | null
  /** What a reviewer changed; null where nobody did. */
  edited: Edited | null
  /** Null where nothing may be changed, or no longer. */
  editable: Editable | null
  requirement: Requirement | null
  progress: Progress | null
  /** Oldest first; only where the policy says who decides. */
  reviews: Review[]
  /** Who takes care of it; that changes nothing of who may decide. */
  assignee: Person | null
  comments: number
  /** The request in whose place this one was asked for. */
  supersedes: string | null
  superseded_by: string | null
  can_decide?: CanDecide
  next: Next
  url: string
}

/** Where the call is, with its result once that is recorded. */
export type RecordedCall = {
  status:
    | 'running'
    | 'awaiting_approval'
    | 'approved'
    | 'rejected'
    | 'expired'
    | 'cancelled'
    | 'succeeded'
    | 'failed'
  output: unknown
  error: unknown
  /** What was recorded is kept cut to 256 kB each; so many bytes were told. */
  truncated?: { bytes: number }
}

/** No rule demands approval: do what `next` says. */
export type NotRequired = {
  required: false
  run_id: string
  tool_call_id: string
  policy_version: number
  next: { action: 'execute' | 'done'; message: string }
  /** Whether an earlier ask with this `tool_call_id` was answered; as `Idempotency-Replayed` says. */
  replayed: boolean
  call: RecordedCall
}

export type RunRecord = {
  id: string
  external_id: string | null
  agent: string
  policy_version: number
  status: 'running' | 'awaiting_approval' | 'completed' | 'failed' | 'cancelled'
  input: Record<string, unknown> | null
  context: Record<string, unknown> | null
  output: unknown
  error: unknown
  /** What was recorded is kept cut to 256 kB each; so many bytes were told. */
  truncated?: { bytes: number }
  /** Only where `fields` names it, and of a run only in lists: the first 200 characters of the JSON of what the run or step was given (a tool call: its params) and of what it gave back (or its error). */
  brief?: { input: string | null; output: string | null }
  initiator: string | null
  parent_run_id: string | null
  started_at: string
  finished_at: string | null
}

export type ToolCall = {
  kind: 'tool'
  id: string
  tool_call_id: string
  tool: string
  params: Record<string, unknown>
  metadata: Metadata | null
  status:
    | 'running'
    | 'awaiting_approval'
    | 'approved'
    | 'rejected'
    | 'expired'
    | 'cancelled'
    | 'succeeded'
    | 'failed'
  approval: Approval | null
  output: unknown
  error: unknown
  /** What was recorded is kept cut to 256 kB each; so many bytes were told. */
  truncated?: { bytes: number }
  /** Only where `fields` names it, and of a run only in lists: the first 200 characters of the JSON of what the run or step was given (a tool call: its params) and of what it gave back (or its error). */
  brief?: { input: string | null; output: string | null }
  started_at: string
  ended_at: string | null
}

export type Me = {
  kind: 'agent_key' | 'personal_token' | 'session'
  /** The key or token; null for a session. */
  key: {
    id: string
    name: string
    /** The public part of the token, to find it again by. */
    prefix: string
    scopes: ('run' | 'deploy' | 'read')[]
    expires_at: string | null
  } | null
  project: { id: string; slug: string; name: string }
  /** Whose the token or session is; null for an agent key. */
  member: { id: string; email: string; role: 'viewer' | 'reviewer' | 'admin' | 'owner' } | null
  server: {
    version: string
    /** The database's clock, by which deadlines pass. */
    time: string
    max_wait_seconds: number
    max_body_bytes: number
  }
}
