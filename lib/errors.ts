/** HTTP status of every machine-readable error code; the codes are part of the published contract. */
export const statusOfCode = {
  malformed_body: 400,
  invalid_tool_name: 400,
  invalid_id: 400,
  invalid_cursor: 400,
  invalid_query: 400,
  authorization_pending: 400,
  slow_down: 400,
  access_denied: 400,
  expired_token: 400,
  unauthenticated: 401,
  forbidden: 403,
  agent_key_required: 403,
  agent_key_cannot_decide: 403,
  own_request: 403,
  excluded: 403,
  not_a_reviewer: 403,
  deploys_by_people: 403,
  not_found: 404,
  method_not_allowed: 405,
  already_decided: 409,
  expired: 409,
  cancelled: 409,
  digest_mismatch: 409,
  edit_needs_other_rule: 409,
  idempotency_mismatch: 409,
  run_finished: 409,
  result_recorded: 409,
  not_claimed: 409,
  not_approved: 409,
  params_mismatch: 409,
  already_claimed: 409,
  grant_expired: 409,
  nothing_to_withdraw: 409,
  already_superseded: 409,
  group_in_use: 409,
  agent_paused: 409,
  project_archived: 409,
  conflict: 409,
  precondition_failed: 412,
  too_deep: 400,
  too_many_keys: 400,
  body_too_slow: 408,
  body_too_large: 413,
  unsupported_media_type: 415,
  invalid_input: 422,
  unknown_field: 422,
  reason_required: 422,
  invalid_policy: 422,
  invalid_schema: 422,
  edit_not_allowed: 422,
  edit_unchanged: 422,
  agent_not_deployed: 422,
  justification_required: 422,
  rate_limited: 429,
  too_many_waits: 429,
  too_many_pending: 429,
  too_many_searches: 429,
  too_many_streams: 429,
  too_many_projects: 429,
  internal: 500,
  unavailable: 503,
  no_checkpoint: 404,
} as const

export type ErrorCode = keyof typeof statusOfCode

/** One thing wrong with the input: an RFC 6901 pointer into the body, and how to mend it. */
export type InputIssue = { pointer: string; detail: string; line?: number; column?: number }

type Extra = {
  /** What is wrong where, for input errors. */
  errors?: InputIssue[]
  /** Further members of the problem document, such as `approval`. */
  members?: Record<string, unknown>
  /** Response headers, such as `Allow` or `Retry-After`. */
  headers?: Record<string, string>
  cause?: unknown
}

/**
 * The one error that verbs throw. `lib/http/problem` maps it to an RFC 9457 document;
 * anything else that is thrown becomes a 500 that says nothing but its request id.
 */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly status: number
  readonly errors: InputIssue[] | undefined
  readonly members: Record<string, unknown> | undefined
  readonly headers: Record<string, string> | undefined

  /** @param detail a sentence for the caller: what is wrong and how to mend it. */
  constructor(code: ErrorCode, detail: string, extra: Extra = {}) {
    super(detail, extra.cause === undefined ? undefined : { cause: extra.cause })
    this.name = 'AppError'
    this.code = code
    this.status = statusOfCode[code]
    this.errors = extra.errors
    this.members = extra.members
    this.headers = extra.headers
  }
}

/** Says neither id nor path, so that what is not there and what is another project's look alike. */
export function notFound(): AppError {
  return new AppError('not_found', 'There is nothing of this name in this project.')
}
