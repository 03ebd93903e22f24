import { Problem, Unavailable } from './errors.ts'
import { isObject } from './json.ts'
import { sleep, within, type Signals } from './wait.ts'

export type Answer = { headers: Headers; status: number; bytes: Uint8Array; body: unknown }

export type Request<T> = {
  /** Without: POST with a body, else GET. */
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH'
  path: string
  /** JSON text, or bytes. */
  body?: string | Uint8Array | undefined
  headers?: Record<string, string>
  /** Seconds that the server may hold its answer; becomes 0 where it holds too many. */
  wait?: number
  signals?: Signals
  /** How often it was sent: an answer to an earlier time may have got lost. */
  tries?: number
  /** What the answer says; nothing where it is none to this request, which is as good as no answer. */
  read: (answer: Answer) => Found<T> | Promise<Found<T>>
}

type Found<T> = T | undefined | false

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
const agentPaused = 'agent_paused'

/** Why a request has to be sent again. */
class Failure extends Error {
  readonly status: number | undefined
  readonly retryMs: number

  constructor(
    message: string,
    { status, headers }: Partial<Pick<Answer, 'status' | 'headers'>> = {},
    cause?: unknown,
  ) {
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
    const { path, body, signals = [] } = request
    const { method = body === undefined ? 'GET' : 'POST' } = request
    let until = Infinity
    let last: unknown
    const left = () => Math.min(patienceMs, until - performance.now())
    // who does not answer is asked without a wait the next time: it is known sooner whether anybody is there
    for (let pauseMs = 500, wait = request.wait ?? 0; ; pauseMs = Math.min(pauseMs * 2, 15_000), wait = 0) {
      const waitMs = wait * 1000
      const heldUntil = performance.now() + waitMs
      request.tries = (request.tries ?? 0) + 1
      const mayTakeMs = Math.min(answerMs, left())
      try {
        return await within(waitMs + mayTakeMs, signals, (signal) =>
          this.tryOnce({ ...request, method, wait }, signal),
        )
      } catch (error) {
        for (const signal of signals) signal?.throwIfAborted()
        if (error instanceof Problem) {
          if (error.code !== 'too_many_waits' || waitMs === 0) throw error
          request.wait = 0
          continue
        }
        until = Math.min(until, performance.now() + patienceMs, heldUntil + patienceMs)
        onFailure(reasonOf(error), { method, path })
        // a last try that patience cut short says less than the one before it, unless it was answered
        if (!last || mayTakeMs === answerMs || error instanceof Failure) last = error
        const { retryMs = 0 } = error as Partial<Failure>
        const nextMs = Math.max(retryMs, pauseMs * (0.5 + Math.random() / 2))
        await sleep(Math.min(nextMs, left()), signals)
        if (left() > 0) continue
        const message = `No answer of Holdpoint at ${url} counts: ${reasonOf(last).replace(/\.$/, '')}.`
        const { status, cause } = last as Failure
        const code =
          (cause as Partial<Problem> | undefined)?.code === agentPaused ? agentPaused : 'unavailable'
        throw new Unavailable(message, { code, status, cause: last })
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
      const isBusy = status === 408 || status === 429 || status >= 500 || problem?.code === agentPaused
      if (problem && (!isBusy || problem.code === 'too_many_waits')) throw problem
      throw new Failure(problem?.message ?? `status ${status}`, answer, problem)
    }
    const found = await request.read(answer)
    if (!found) throw new Failure('what answers is not Holdpoint', answer)
    return found
  }

  /** @throws Failure for a redirect, which is never followed: it would carry the key to another address */
  async open(request: Omit<Request<unknown>, 'read'>, signal: AbortSignal): Promise<Response> {
    const { url, key, fetch } = this.options
    const { method = 'GET', path, body, headers, wait = 0 } = request
    const response = await fetch(`${url}/api${path}`, {
      method,
      redirect: 'manual',
      signal,
      headers: {
        Authorization: `Bearer ${key}`,
        Accept: 'application/json',
        ...(typeof body === 'string' && { 'Content-Type': 'application/json' }),
        ...(wait > 0 && { Prefer: `wait=${wait}` }),
        ...headers,
      },
      body: (body as BodyInit | undefined) ?? null,
    })
    if (response.ok || response.status === 304 || response.status >= 400) return response
    const to = response.headers.get('location')?.slice(0, 200) ?? 'elsewhere'
    throw new Failure(`it sends on to ${to}, which is not followed`, response)
  }
}

async function readCapped({ body }: Response): Promise<Uint8Array> {
  const parts: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  for await (const part of body ?? []) {
    size += part.length
    if (size > mostBytes) throw new Failure('an answer without end')
    parts.push(part)
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer())
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
  return new Problem(String(body.detail), body)
}

function reasonOf(error: unknown): string {
  const { message = String(error), cause } = Object(error) as Partial<Error>
  // what fetch throws says only that it failed
  return cause instanceof Error && message === 'fetch failed' ? cause.message : message
}
