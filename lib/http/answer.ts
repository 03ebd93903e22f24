import { settings } from '@/lib/env'
import { writeJson } from '@/lib/json/write'
import { logError } from '@/lib/process/log'
import type { Definition } from '@/lib/verb'
import packageJson from '@/package.json' with { type: 'json' }
import { isNamed, textTag, versionTag } from './precondition'
import { toAppError, toProblem } from './problem'

/** An answer before it is made a Response; what streams or is not text is a Response from the beginning. */
export type Answer = Response | { status: number; headers: Headings; text: string | null }
/** Headers of an answer, each once. */
export type Headings = Record<string, string>

export class Reply<T> {
  constructor(
    readonly value: T,
    readonly status: number,
    readonly headers: Headings,
  ) {}
}

/** An answer with another status or with headers of its own. */
export function reply<T>(value: T, status: number, headers: Headings = {}): Reply<T> {
  return new Reply(value, status, headers)
}

const always = {
  'Cache-Control': 'private, no-store',
  'X-Content-Type-Options': 'nosniff',
  'Holdpoint-Version': packageJson.version,
}

/** What of a definition says how its answer looks. */
export type Shape = Pick<Definition, 'output' | 'status' | 'versioned' | 'tagged'>

/** The answer to a request for which a handler had this result. */
export function answerOf(def: Shape, result: unknown, headers: Headings, request: Request): Answer {
  if (result instanceof Response) {
    for (const [name, value] of Object.entries({ ...always, ...headers })) {
      if (!result.headers.has(name)) result.headers.set(name, value)
    }
    const tag = result.headers.get('etag') ?? undefined
    return isKnown(tag, request) ? new Response(null, { status: 304, headers: result.headers }) : result
  }
  const isEmpty = def.output === null
  const {
    value,
    status,
    headers: more,
  } = result instanceof Reply
    ? (result as Reply<unknown>)
    : reply(result, def.status ?? (isEmpty ? 204 : 200))
  const ofVersion: Headings = def.versioned
    ? { ETag: versionTag((value as { version: number }).version) }
    : {}
  if (isEmpty) return { status, headers: { ...always, ...headers, ...ofVersion, ...more }, text: null }
  const all: Headings = {
    'Content-Type': 'application/json; charset=utf-8',
    ...always,
    ...headers,
    ...ofVersion,
    ...placeOf(value, status, request),
    ...nextOf(value, request),
    ...more,
  }
  const text = writeJson(value)
  if (def.tagged) all.ETag = textTag(text)
  if (isKnown(all.ETag, request)) return { status: 304, headers: all, text: null }
  return { status, headers: all, text }
}

/** Whether a reader has what is answered, and has said so. */
function isKnown(tag: string | undefined, { method, headers }: Request): boolean {
  if (tag === undefined || (method !== 'GET' && method !== 'HEAD')) return false
  return isNamed(tag, headers.get('if-none-match'))
}

/** Where what was made can be read: below the list that it was posted to, or where it was put. */
function placeOf(value: unknown, status: number, { method, url }: Request): Headings {
  if (status !== 201) return {}
  const { pathname } = new URL(url)
  const { id } = value as { id: string }
  return { Location: method === 'PUT' ? pathname : `${pathname}/${encodeURIComponent(id)}` }
}

/** Where a list goes on (RFC 8288), as the same address with another cursor. */
function nextOf(value: unknown, { method, url }: Request): Headings {
  if (method !== 'GET' && method !== 'HEAD') return {}
  const { next_cursor: cursor } = (value ?? {}) as { next_cursor?: string | null }
  if (typeof cursor !== 'string') return {}
  const next = new URL(url)
  next.searchParams.set('cursor', cursor)
  return { Link: `<${next.pathname}${next.search}>; rel="next"` }
}

/** The problem document for whatever was thrown; what is our own fault is logged. */
export function refusalOf(error: unknown, requestId: string, headers: Headings, request: Request): Answer {
  const known = toAppError(error)
  if (known.status === 500)
    logError(`${request.method} ${new URL(request.url).pathname.slice(0, 200)}`, requestId, error)
  const type = 'application/problem+json; charset=utf-8'
  return {
    status: known.status,
    headers: { ...always, ...headers, ...known.headers, 'Content-Type': type },
    text: writeJson(toProblem(known, requestId, settings().appUrl)),
  }
}

/** An answer as Next wants it. */
export function toResponse(made: Answer): Response {
  if (made instanceof Response) return made
  return new Response(made.text, { status: made.status, headers: made.headers })
}
