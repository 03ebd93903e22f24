import { Problem, Unavailable, type Issue } from './errors.ts'
import { isObject } from './json.ts'
import type { Approval } from './approval.ts'
import { sleep, within, type Signals } from './wait.ts'

export type Answer = { headers: Headers; status: number; bytes: Uint8Array; body: unknown }

export type Request<T> = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH'
  path: string
  /** JSON text, or bytes. */
  body?: string | Uint8Array | undefined
  headers?: Record<string, string>
  /** Seconds that the server may hold its answer; becomes 0 where it holds too many. */
  wait?: number
  signals?: Signals
  /** How often it was sent: an answer to an earlier time may have got lost. */
  tries?: number
  /** What the answer says; undefined where it is none to this request, which is as good as no answer. */
  read: (answer: Answer) => T | undefined | Promise<T | undefined>
}

export type HttpOptions = {
  url: string
  key: string
  fetch: typeof fetch
  patienceMs: number
  onFailure: (reason: string, request: { method: string; path: string }) => void
}

const answerMs = 20_000
/** More than Holdpoint ever sends; what goes on beyond it is something else. */
const mostBytes = 16 * 1024 * 1024

/** Of a no that is one for a while: a person has stopped the agent, and lets it go on. */
export const agentPaused = 'agent_paused'

/** Why a request has to be sent again. */
class Failure extends Error {
  readonly status: number | undefined
  readonly retryMs: number

  constructor(message: string, { status, headers }: Partial<Answer> = {}, cause?: unknown) {
    super(message, { cause })
    this.status = status
    this.retryMs = Number(headers?.get('retry-after')) * 1000 || 0
  }
}

/** Requests to Holdpoint, each sent again until an answer says yes or no, or until patience has run out. */
export class Http {
  readonly options: HttpOptions

  constructor(options: HttpOptions) {
    this.options = options
  }

  /**
   * The time for which an answer may be held does not count as failing.
   * @throws Problem for a no; Unavailable where nobody answered within the patience; the reason of a signal
   */
  async send<T>(request: Request<T>): Promise<T> {
    const { url, patienceMs, onFailure } = this.options
    const { signals = [] } = request
    let failingSince: number | undefined
    let last: unknown
    const left = () => patienceMs - (failingSince === undefined ? 0 : performance.now() - failingSince)
    // who does not answer is asked without a wait the next time: it is known sooner whether anybody is there
    for (let pauseMs = 500, wait = request.wait ?? 0; ; pauseMs = Math.min(pauseMs * 2, 15_000), wait = 0) {
      const waitMs = wait * 1000
      const heldUntil = performance.now() + waitMs
      request.tries = (request.tries ?? 0) + 1
      const mayTakeMs = Math.min(answerMs, left())
      try {
        return await within(waitMs + mayTakeMs, signals, (signal) =>
          this.tryOnce({ ...request, wait }, signal),
        )
      } catch (error) {
        const ended = signals.find((signal) => signal?.aborted)
        if (ended) throw ended.reason
        if (error instanceof Problem) {
          if (error.code !== 'too_many_waits' || waitMs === 0) throw error
          request.wait = 0
          continue
        }
        failingSince ??= Math.min(performance.now(), heldUntil)
        onFailure(reasonOf(error), request)
        // a last try that patience cut short says less than the one before it, unless it was answered
        if (mayTakeMs === answerMs || error instanceof Failure) last = error
        last ??= error
        const { retryMs = 0 } = error as Partial<Failure>
        const jitterMs = pauseMs * (0.5 + Math.random() / 2)
        if (left() > 0) await sleep(Math.min(Math.max(jitterMs, retryMs), left()), signals)
        if (left() > 0) continue
        const message = `No answer of Holdpoint at ${url} counts: ${reasonOf(last)}.`
        const { status, cause } = last as Partial<Failure>
        const isPaused = (cause as Partial<Problem> | undefined)?.code === agentPaused
        throw new Unavailable(message, { code: isPaused ? agentPaused : 'unavailable', status, cause: last })
      }
    }
  }

  private async tryOnce<T>(request: Request<T>, signal: AbortSignal): Promise<T> {
    const response = await this.open(request, signal)
    const { status, headers } = response
    const bytes = await readCapped(response)
    const answer = { status, headers, bytes, body: parse(headers, bytes) }
    if (status >= 400) {
      const problem = problemOf(answer)
      const isBusy = (status === 429 && problem?.code !== 'too_many_waits') || problem?.code === agentPaused
      if (problem && status < 500 && status !== 408 && !isBusy) throw problem
      throw new Failure(problem?.message ?? `status ${status}`, answer, problem)
    }
    const found = await request.read(answer)
    if (found === undefined) throw new Failure('what answers is not Holdpoint', answer)
    return found
  }

  /** @throws Failure for a redirect, which is never followed: it would carry the key to another address */
  async open(request: Omit<Request<unknown>, 'read'>, signal: AbortSignal): Promise<Response> {
    const { url, key, fetch } = this.options
    const { method, path, body, headers, wait = 0 } = request
    const response = await fetch(`${url}/api${path}`, {
      method,
      redirect: 'manual',
      signal,
      headers: {
        Authorization: `Bearer ${key}`,
        Accept: 'application/json',
        ...(typeof body === 'string' ? { 'Content-Type': 'application/json' } : {}),
        ...(wait > 0 ? { Prefer: `wait=${wait}` } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { body: body as BodyInit }),
    })
    const { status } = response
    if (status !== 0 && (status < 300 || status === 304 || status >= 400)) return response
    const to = response.headers.get('location')?.slice(0, 200) ?? 'elsewhere'
    throw new Failure(`it sends on to ${to}, which is not followed`, { status })
  }
}

async function readCapped(response: Response): Promise<Uint8Array> {
  const parts: Uint8Array<ArrayBuffer>[] = []
  const reader = response.body?.getReader()
  for (let left = mostBytes; ;) {
    const part = (await reader?.read())?.value
    if (!part) return new Uint8Array(await new Blob(parts).arrayBuffer())
    left -= part.length
    if (left < 0) throw new Failure('an answer without end')
    parts.push(part)
  }
}

function parse(headers: Headers, bytes: Uint8Array): unknown {
  if (!/[/+]json\b/.test(headers.get('content-type') ?? '')) return undefined
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown
  } catch {
    return undefined
  }
}

/** Holdpoint's own no, not that of a proxy. */
export function problemOf({ status, body }: Pick<Answer, 'status' | 'body'>): Problem | undefined {
  if (!isObject(body) || typeof body.code !== 'string' || body.status !== status) return undefined
  const { code, detail, errors, approval } = body
  return new Problem(String(detail), {
    status,
    code,
    errors: Array.isArray(errors) ? (errors as Issue[]) : [],
    approval: isObject(approval) ? (approval as Approval) : undefined,
  })
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // what fetch throws says only that it failed
  return error.cause instanceof Error && error.message === 'fetch failed'
    ? error.cause.message
    : error.message
}
