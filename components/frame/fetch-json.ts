import { setBounded } from '@/lib/bounded-map'
import { readJson } from '@/lib/json/read'
import * as say from '@/words/frame/fetch-json'

/** What a route answered instead of data; `status` 0 where nothing answered. */
export class RequestError extends Error {
  readonly status: number
  readonly code: string | null

  constructor(status: number, code: string | null, detail: string) {
    super(detail)
    this.name = 'RequestError'
    this.status = status
    this.code = code
  }
}

export const deadlineMs = 15_000

/** The last answers that have a tag: asked for again, they are sent only where they are others by then. */
const tagged = new Map<string, { tag: string; body: unknown }>()
const mostTagged = 8

/**
 * Reads JSON from our own API in the browser; where the server says that it is still the same, the same object.
 * @throws RequestError with the problem document's words
 */
export async function fetchJson<T>(path: string): Promise<T> {
  let response: Response
  const known = tagged.get(path)
  try {
    response = await fetch(path, {
      headers: { Accept: 'application/json', ...(known && { 'If-None-Match': known.tag }) },
      cache: 'no-store',
      signal: AbortSignal.timeout(deadlineMs),
    })
  } catch (error) {
    throw new RequestError(0, null, wordsFor(error))
  }
  if (response.status === 304 && known) return known.body as T
  const body: unknown = await response
    .text()
    .then(readJson)
    .catch(() => null)
  const tag = response.headers.get('etag')
  if (response.ok && tag) setBounded(tagged, path, { tag, body }, mostTagged)
  if (response.ok && body !== null) return body as T
  const { code, detail } = (body ?? {}) as { code?: unknown; detail?: unknown }
  throw new RequestError(
    response.status,
    typeof code === 'string' ? code : null,
    typeof detail === 'string' ? detail : say.serverAnswered(response.status),
  )
}

function wordsFor(error: unknown): string {
  const isSlow = error instanceof DOMException && error.name === 'TimeoutError'
  return isSlow ? say.noAnswerInTime : say.cannotBeReached
}
