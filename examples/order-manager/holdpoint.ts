import { setTimeout as sleep } from 'node:timers/promises'

export type Json = Record<string, unknown>

/** The part of an approval that an agent needs. */
export type Approval = {
  required: true
  id: string
  status: 'pending' | 'approved' | 'rejected' | 'expired' | 'cancelled'
  message: string | null
  expires_at: string
  wait_ms: number | null
  claimed_at: string | null
  decision: { reason: string | null; reviewer: { name: string | null; email: string } } | null
  next: { action: string; message: string }
  url: string
}

/** The agent stops here; the message is a sentence for a person. */
export class Halt extends Error {}

/** An answer that says no, with its machine-readable code. */
export class Problem extends Halt {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly approval?: Approval,
  ) {
    super(detail)
  }
}

/** Nobody answered for longer than the agent's patience: whatever was asked, the answer is no. */
class Unreachable extends Halt {}

export type Answer = { status: number; headers: Headers; body: unknown }

export type Options = {
  url: string
  key: string
  /** How long nobody may answer before a call is given up; a wait for a person is not counted. */
  patienceMs?: number
  /** The first pause after a failure; it doubles up to 15 s. */
  pauseMs?: number
  /** Ends waits and retries; what is on its way is still answered. */
  signal?: AbortSignal
  say?: (line: string) => void
}

type Request = { body?: Json; text?: string; type?: string; waitSeconds?: number }
type Failure = { failed: string; pauseMs: number }

/**
 * Requests to Holdpoint, tried again where nobody answered or the answer was "not now" (429, 5xx). Every call of
 * an agent may be repeated: asking finds the same `tool_call_id`, a second claim is refused, the same result
 * again is the same answer; a step may stand twice in the trace.
 */
export class Holdpoint {
  private isDown = false
  private readonly base: string

  constructor(private readonly options: Options) {
    this.base = options.url.replace(/\/+$/, '')
  }

  /** @throws Problem for an answer that says no, Unreachable where patience has run out */
  async send(method: string, path: string, request: Request = {}): Promise<Answer> {
    const { patienceMs = 600_000, pauseMs = 500, signal } = this.options
    let failingSince: number | undefined
    for (let pause = pauseMs; ; pause = Math.min(pause * 2, 15_000)) {
      const result = await this.tryOnce(method, path, request)
      if (!('failed' in result)) return this.judge(result, path)
      failingSince ??= performance.now()
      const failingMs = performance.now() - failingSince
      if (failingMs >= 1000) this.tell(result.failed)
      if (signal?.aborted || failingMs >= patienceMs)
        throw new Unreachable(`Holdpoint does not answer (${result.failed}).`)
      const jitter = 0.75 + Math.random() / 2
      await sleep(Math.max(pause * jitter, result.pauseMs), undefined, { signal }).catch(() => undefined)
    }
  }

  private async tryOnce(method: string, path: string, request: Request): Promise<Answer | Failure> {
    const { body, text = body && JSON.stringify(body), type = 'application/json', waitSeconds = 0 } = request
    const late = AbortSignal.timeout((waitSeconds + 20) * 1000)
    const { signal } = this.options
    try {
      const response = await fetch(this.base + path, {
        method,
        // Never carry the key to another address.
        redirect: 'manual',
        signal: waitSeconds > 0 && signal ? AbortSignal.any([late, signal]) : late,
        headers: {
          Authorization: `Bearer ${this.options.key}`,
          Accept: 'application/json',
          ...(text === undefined ? {} : { 'Content-Type': type }),
          ...(waitSeconds > 0 ? { Prefer: `wait=${waitSeconds}` } : {}),
        },
        ...(text === undefined ? {} : { body: text }),
      })
      const { status, headers } = response
      const answer = { status, headers, body: parse(await response.text()) }
      if (status === 429 || status >= 500) return { failed: `status ${status}`, pauseMs: retryAfter(headers) }
      // Something in between answered, such as a proxy's own page.
      const isOurs = answer.body !== undefined || status === 204 || status >= 300
      return isOurs ? answer : { failed: 'what answers is not Holdpoint', pauseMs: 0 }
    } catch (error) {
      return { failed: reasonOf(error), pauseMs: 0 }
    }
  }

  private judge(answer: Answer, path: string): Answer {
    if (this.isDown) this.options.say?.('Holdpoint answers again.')
    this.isDown = false
    if (answer.status < 300) return answer
    const problem = isJson(answer.body) ? answer.body : {}
    const code = typeof problem.code === 'string' ? problem.code : 'unknown'
    const where = answer.headers.get('location')
    const unknown = where
      ? `${this.base} sends on to ${where}; set HOLDPOINT_URL to the address that answers itself.`
      : `${this.base}${path} answered ${answer.status}; is that address Holdpoint's?`
    const detail = typeof problem.detail === 'string' ? `${problem.detail}${placeOf(problem)}` : unknown
    throw new Problem(answer.status, code, detail, problem.approval as Approval | undefined)
  }

  private tell(reason: string): void {
    if (!this.isDown && !this.options.signal?.aborted) {
      this.options.say?.(`Holdpoint does not answer (${reason}). No tool runs meanwhile; trying again.`)
    }
    this.isDown = true
  }
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Where in a file the first mistake is. */
function placeOf({ errors }: Json): string {
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined
  return isJson(first) && first.line !== undefined
    ? ` (line ${String(first.line)}, column ${String(first.column)})`
    : ''
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function retryAfter(headers: Headers): number {
  const seconds = Number(headers.get('retry-after') ?? 0)
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), 60) * 1000 : 0
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
  const { code, message } = cause as { code?: unknown; message?: string }
  return typeof code === 'string' ? code : (message ?? String(error))
}
