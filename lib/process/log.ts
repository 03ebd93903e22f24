import type { PublishedHead } from '@/lib/audit/publish-heads'
import { describeError, framesOf } from '@/lib/describe-error'

const mostCharacters = 300
/** What a terminal or a reader of the log would act on instead of showing; JSON escapes those below U+0020 itself. */
const unseen = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g

/**
 * One line of JSON on standard error for a failure of ours: where, which request, what kind of error and
 * where in the code. Never a body, a param or a credential; of a database's error its code and place, for
 * its message and the query's parameters hold what callers sent. Whatever it is made of, no field is longer than
 * 300 characters, and no character is there that is not seen.
 */
export function logError(where: string, requestId: string, error: unknown, more: object = {}): void {
  const line = {
    level: 'error',
    where,
    request_id: requestId,
    ...more,
    error: describeError(error),
    at: error instanceof Error ? framesOf(error).slice(0, 6) : undefined,
  }
  const cut = (_: string, value: unknown) =>
    typeof value === 'string' && value.length > mostCharacters ? `${value.slice(0, mostCharacters)}…` : value
  const text = JSON.stringify(line, cut).replace(unseen, escape)
  process.stderr.write(`${text}\n`)
}

/** The line on standard output for the head of a project's audit log, kept outside of what it proves. */
export function logAuditHead({ project, seq, hash, at }: PublishedHead): void {
  process.stdout.write(`${JSON.stringify({ level: 'info', event: 'audit.head', project, seq, hash, at })}\n`)
}

/**
 * The line for a page or a server action that failed. Its number, which the page shows, is the `digest`; the
 * query is left out, for people search for what params hold.
 */
export function logPageError(
  error: unknown,
  request: { method: string; path: string; headers: NodeJS.Dict<string | string[]> },
): void {
  const path = request.path.split('?', 1)[0] ?? ''
  const digest = (error as { digest?: unknown } | null)?.digest
  logError(
    `${request.method} ${path.slice(0, 200)}`,
    String(request.headers['x-request-id'] ?? '-'),
    error,
    typeof digest === 'string' ? { digest } : {},
  )
}

function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
