import { Problem, StaleCheckpoint } from './errors.ts'
import type { Answer, Http } from './http.ts'
import type { Signals } from './wait.ts'

export type Saved = { bytes: Uint8Array; type: string; etag: string | undefined }

export type SaveOptions = {
  /** Media type; `application/octet-stream`, or of text `text/plain; charset=utf-8`. */
  type?: string
  /** The etag of what is replaced, null for nothing, `*` for whatever is there. Without: what this process saw last. */
  ifMatch?: string | null | undefined
}

/** An agent's own state, kept with its run. Whoever saves over what they have not seen learns it. */
export type Checkpoint = {
  /** What was saved last, by whomever; undefined where there is nothing. */
  load(): Promise<Saved | undefined>
  /**
   * Keeps the state, 1 MiB at most, in place of what this process saw last.
   * @returns its etag
   * @throws StaleCheckpoint where somebody else saved meanwhile: another process goes on with this run
   */
  save(state: Uint8Array | string, options?: SaveOptions): Promise<string | undefined>
}

export function checkpointOf(http: Http, runId: string, endings: () => Signals): Checkpoint {
  const path = `/runs/${runId}/checkpoint`
  /** What this process saw last: undefined before it looked, null where there was nothing. */
  let seen: string | null | undefined

  async function load(): Promise<Saved | undefined> {
    try {
      const saved = await http.send({ path, signals: endings(), read: savedOf })
      seen = saved.etag
      return saved
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'no_checkpoint') throw error
      seen = null
      return undefined
    }
  }

  async function save(state: Uint8Array | string, { type, ifMatch = seen }: SaveOptions = {}) {
    const isText = typeof state === 'string'
    const bytes = isText ? new TextEncoder().encode(state) : state
    const request = {
      method: 'PUT' as const,
      path,
      body: bytes,
      headers: {
        'Content-Type': type ?? (isText ? 'text/plain; charset=utf-8' : 'application/octet-stream'),
        ...(ifMatch && { 'If-Match': ifMatch }),
        ...(ifMatch === null && { 'If-None-Match': '*' }),
      },
      signals: endings(),
      tries: 0,
      read: ({ status, headers }: Answer) => status === 204 && { etag: headers.get('etag') ?? undefined },
    }
    try {
      return (seen = (await http.send(request)).etag)
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'precondition_failed') throw error
      // the answer to an earlier try may have got lost
      const before = seen
      const now = request.tries > 1 ? await load() : undefined
      if (now?.bytes.join() === bytes.join()) return now.etag
      seen = before
      throw new StaleCheckpoint('Another process has saved one since.', { ...error, cause: error })
    }
  }

  return { load, save }
}

function savedOf({ status, bytes, headers }: Answer): Saved | false {
  return (
    status === 200 && {
      bytes,
      type: headers.get('content-type') ?? '',
      etag: headers.get('etag') ?? undefined,
    }
  )
}
