import type { IncomingMessage, ServerResponse } from 'node:http'
import type { PublishedHead } from '@/lib/audit/publish-heads'
import { framesOf } from '@/lib/describe-error'
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

/** The line for a request that was answered, at the level `debug`: no query, for people search for what params hold. */
export function logRequest(incoming: IncomingMessage, outgoing: ServerResponse): void {
  const begun = performance.now()
  const path = (incoming.url ?? '').split('?', 1)[0]
  outgoing.once('close', () => {
    const ms = Math.round(performance.now() - begun)
    log.debug({ where: `${incoming.method} ${path}`, status: outgoing.statusCode, ms }, 'answered')
  })
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
