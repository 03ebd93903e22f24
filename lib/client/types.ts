/** What the agent should do now, in one word and in one sentence for the model. */
export type Next = {
  action: 'wait' | 'execute' | 'done' | 'ask_again' | 'stop' | 'continue'
  message: string
}

export type Decision = {
  decision: 'approve' | 'reject'
  reason: string | null
  reviewer: { id: string; name: string | null; email: string }
  via: string
  at: string
}

/** How a reviewer changed the params before approving them. */
export type Edited = {
  requested_params: Record<string, unknown>
  requested_digest: string
  by: { id: string; name: string | null; email: string }
  at: string
  reason: string | null
  changes: { pointer: string; from?: unknown; to?: unknown }[]
}

/** A held call; `params` are always those that may run. */
export type Approval = {
  required: true
  id: string
  status: 'pending' | 'approved' | 'rejected' | 'expired' | 'cancelled'
  run_id: string
  tool_call_id: string
  agent: string
  tool: string
  params: Record<string, unknown>
  digest: string
  message: string | null
  description: string | null
  rule: { tool: string; condition: string | null; outcome: string; detail: string | null }
  on_rejection: 'fail' | 'continue'
  policy_version: number
  requested_at: string
  expires_at: string
  decided_at: string | null
  decision: Decision | null
  wait_ms: number | null
  claimed_at: string | null
  next: Next
  url: string
  edited?: Edited | null
  metadata?: Record<string, unknown> | null
  replayed?: boolean
  call?: RecordedCall | null
}

/** What is recorded of a call, in the answer to an ask. */
export type RecordedCall = {
  status: string
  output: unknown
  error: unknown
  truncated?: { bytes: number }
}

/** No rule demands approval of this call. */
export type NotRequired = {
  required: false
  run_id: string
  tool_call_id: string
  policy_version: number
  next: Next
  replayed: boolean
  call: RecordedCall | null
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
  truncated?: { bytes: number }
  started_at: string
  ended_at: string | null
}

/** Whose credential this is, and of which server. */
export type Me = {
  kind: 'agent_key' | 'personal_token' | 'session'
  key: { id: string; name: string; prefix: string; scopes: string[]; expires_at: string | null } | null
  project: { id: string; slug: string; name: string }
  member: { id: string; email: string; role: string } | null
  server: { version: string; time: string; max_wait_seconds: number; max_body_bytes: number }
}
