import type { IncomingMessage, ServerResponse } from 'node:http'
import type { PublishedHead } from '@/lib/audit/publish-heads'
import { framesOf } from '@/lib/describe-error'
import { isReadingForm } from '@/lib/http/caller'
import { log, record } from '@/lib/log'

/** The line for a failure of ours: where, which request, what kind of error and where in the code. */
export function logError(where: string, requestId: string, error: unknown, more: object = {}): void {
  const at = error instanceof Error ? framesOf(error).slice(0, 6) : undefined
  log.error({ where, request_id: requestId, ...more, error, at })
}

/** The line on standard output for the head of a project's audit log, kept outside of what it proves. */
export function logAuditHead({ project, seq, hash, at }: PublishedHead): void {
  record.info({ event: 'audit.head', project, seq, hash, at })
}

/**
 * An address as it may stand in the log: without its query, for people search for what params hold, and without the
 * token of an invitation, which signs in whoever has it.
 */
function loggable(url: string): string {
  const path = url.split('?', 1)[0] ?? ''
  const isInvitation = /\binvite\//i.test(path.replaceAll(/%[0-9a-f]{2}/gi, charOfOctet))
  return isInvitation ? '/invite/[token]' : path.slice(0, 200)
}

const charOfOctet = (octet: string) => String.fromCharCode(parseInt(octet.slice(1), 16))

/** The line for a request that was answered, at the level `debug`. */
export function logRequest(incoming: IncomingMessage, outgoing: ServerResponse): void {
  const begun = performance.now()
  const path = loggable(incoming.url ?? '')
  outgoing.once('close', () => {
    const ms = Math.round(performance.now() - begun)
    log.debug({ where: `${incoming.method} ${path}`, status: outgoing.statusCode, ms }, 'answered')
  })
}

/**
 * The line for a page or a server action that failed. Its number, which the page shows, is the `digest`. A form that
 * cannot be read is the fault of whoever sent it, and has the line of its request alone.
 */
export function logPageError(
  error: unknown,
  request: { method: string; path: string; headers: NodeJS.Dict<string | string[]> },
): void {
  if (isReadingForm()) return
  const digest = (error as { digest?: unknown } | null)?.digest
  logError(
    `${request.method} ${loggable(request.path)}`,
    String(request.headers['x-request-id'] ?? '-'),
    error,
    typeof digest === 'string' ? { digest } : {},
  )
}
