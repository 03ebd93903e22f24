import type { Approval } from '@/lib/approvals/schemas'
import { AppError, type ErrorCode, type InputIssue } from '@/lib/errors'
import { pages } from '@/lib/paths'

/** RFC 9457 problem document, with a machine-readable code. */
export type Problem = {
  type: string
  title: string
  status: number
  detail: string
  code: ErrorCode
  /** The page that explains the code. */
  doc_url?: string
  request_id?: string
  errors?: InputIssue[]
  approval?: Approval
}

const titles: Record<number, string> = {
  400: 'Bad request',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  408: 'Too slow',
  409: 'Conflict',
  412: 'Precondition failed',
  413: 'Too large',
  415: 'Unsupported media type',
  422: 'Invalid input',
  429: 'Too many',
  500: 'Internal error',
  503: 'Unavailable',
}

/** What a problem of this status is called. */
export function titleOf(status: number): string {
  return titles[status] ?? 'Error'
}

/**
 * The problem document of an error that a verb threw.
 * @param appUrl where the server's pages are, for whoever reads the problem elsewhere
 */
export function toProblem(error: AppError, requestId?: string, appUrl?: string): Problem {
  return {
    type: `urn:holdpoint:error:${error.code}`,
    title: titleOf(error.status),
    status: error.status,
    detail: error.message,
    code: error.code,
    ...(appUrl === undefined ? {} : { doc_url: appUrl + pages.errorCode(error.code) }),
    ...(requestId === undefined ? {} : { request_id: requestId }),
    ...(error.errors === undefined ? {} : { errors: error.errors }),
    ...error.members,
  }
}

const unreachable = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'CONNECT_TIMEOUT',
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
])

/** SQLSTATE classes that mean "not now": resources, cancelled by a deadline, serialization, a lock. */
const notNow = /^(53|57014|40|55P03)/
/** SQLSTATE classes of a server that takes nothing: connection, shutdown, its disk, a replica. */
const away = /^(08|57|58|25006)/

/** A connection that ended under a statement, whose commit may have come first. */
const lost = /^(CONNECTION_(CLOSED|DESTROYED|ENDED)|57P0[1-4]|08006|ECONNRESET|EPIPE)$/

/** Any error as an AppError: known ones as they are, an absent database as 503, the rest as a silent 500. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const code = String((at as { code?: unknown }).code ?? '')
    // By its name, for this module and the one that throws it may be of two copies.
    const isDialing = at.name === 'DialError'
    if (!isDialing && lost.test(code)) return unanswered(error)
    if (!isDialing && notNow.test(code)) return unavailable('did not do this in time', error)
    if (isDialing || unreachable.has(code) || away.test(code))
      return unavailable('cannot be reached just now', error)
  }
  return new AppError('internal', 'Something went wrong on our side.', { cause: error })
}

function unavailable(why: string, cause: unknown): AppError {
  return new AppError('unavailable', `The database ${why}; nothing was allowed. Try again.`, {
    headers: { 'Retry-After': '2' },
    cause,
  })
}

/** A statement that was sent and not answered: nobody knows what became of it. */
export function unanswered(cause?: unknown): AppError {
  return new AppError(
    'unavailable',
    'The database did not answer. If this was to change something, it is unknown whether it did: read it again before you try again.',
    {
      headers: { 'Retry-After': '2' },
      cause,
    },
  )
}
