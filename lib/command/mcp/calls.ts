import type { Approval } from '@/lib/client/approval'
import { Problem } from '@/lib/client/errors'
import type { Answer, Http, Request } from '@/lib/client/http'
import { isObject, type JsonObject } from '@/lib/client/json'
import type { Next, RecordedCall } from '@/lib/client/types'
import type { Signals } from '@/lib/client/wait'
import { digestOf } from '@/lib/json/digest'
import { readJson } from '@/lib/json/read'
import { writeJson } from '@/lib/json/write'

/** A call as Holdpoint is asked about it. */
export type Question = {
  runId: string
  toolCallId: string
  tool: string
  params: JsonObject
  paramsSchema: JsonObject | undefined
  digest: string
  context: JsonObject
  metadata: Record<string, string>
}

/** Where a held call stands. */
export type Held = {
  id: string
  runId: string
  toolCallId: string
  agent: string
  status: Approval['status']
  tool: string
  /** What may run: as asked, or as a reviewer changed it. */
  params: JsonObject
  isEdited: boolean
  action: Next['action']
  message: string
  url: string
  metadata: JsonObject
  isClaimed: boolean
  createdAt: string
  /** When it was decided, else when it was asked for. */
  changedAt: string
  expiresAt: string
  /** Milliseconds until its deadline, by the server's clock. */
  leftMs: number
}

/** What is answered to an ask. */
export type Asked = { held: Held } | { action: 'execute' | 'done' }

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** The calls of Holdpoint's API that a proxy needs; numbers are exact both ways, and what is no answer counts as none. */
export class Calls {
  private readonly ending = new AbortController()

  constructor(
    private readonly http: Http,
    readonly agent: string,
    /** By which this process alone takes what is granted. */
    private readonly taker: { start_id: string; claim_id: string },
  ) {}

  /** A run, made or found by its external id. @returns Holdpoint's own id of it */
  async startRun(
    externalId: string,
    about: { input: JsonObject; initiator: string | undefined },
    signals: Signals,
  ) {
    const body = writeJson({ agent: this.agent, external_id: externalId, ...about })
    const run = await this.send({ method: 'POST', path: '/runs', body, signals }, (answer) =>
      isObject(answer) && answer.external_id === externalId && typeof answer.id === 'string'
        ? (answer as { id: string; status: string })
        : undefined,
    )
    return run.id
  }

  /** Asks about a call; one that needs no approval is this process's to run where the answer is `execute`. */
  ask(question: Question, signals: Signals): Promise<Asked> {
    const { runId, toolCallId, tool, params, paramsSchema, context, metadata, digest } = question
    const body = writeJson({
      run_id: runId,
      tool,
      params,
      params_schema: paramsSchema,
      tool_call_id: toolCallId,
      context,
      metadata,
      start_id: this.taker.start_id,
    })
    return this.send({ method: 'POST', path: '/approvals', body, signals }, (answer, headers) => {
      if (!isObject(answer) || answer.tool_call_id !== toolCallId || answer.run_id !== runId) return undefined
      const { next } = answer
      if (answer.required === false) {
        const action = isObject(next) ? next.action : undefined
        return action === 'execute' || action === 'done' ? { action } : undefined
      }
      const held = heldOf(answer, headers)
      return held && isAbout(answer, held, tool, digest) ? { held } : undefined
    })
  }

  /** A held call as it is now, or as soon as it is decided, at most so many seconds later. */
  async read(id: string, wait: number, signals: Signals): Promise<{ held: Held; isHeldOpen: boolean }> {
    const request = { method: 'GET' as const, path: `/approvals/${id}`, wait, signals }
    const held = await this.send(request, (answer, headers) => {
      const found = heldOf(answer, headers)
      return found?.id === id && isAbout(answer as JsonObject, found) ? found : undefined
    })
    return { held, isHeldOpen: request.wait > 0 }
  }

  /** Takes the one use of an approval. @returns how it stands afterwards: it is ours where `isGranted` */
  async claim(held: Held): Promise<{ held: Held; isGranted: boolean }> {
    const { id, tool, params } = held
    const body = writeJson({ tool, params, claim_id: this.taker.claim_id })
    try {
      // what is on its way is not given up: a claim whose answer nobody hears is a dead approval
      const claimed = await this.send(
        { method: 'POST', path: `/approvals/${id}/claim`, body },
        (answer, headers) => {
          const found = heldOf(answer, headers)
          return found?.id === id && found.isClaimed && isAbout(answer as JsonObject, found)
            ? found
            : undefined
        },
      )
      return { held: claimed, isGranted: true }
    } catch (error) {
      const approval = refusalIn(error)?.approval
      const found = approval && heldOf(approval, undefined)
      // whoever says no and yes in one breath has said no
      if (!found || found.id !== id || found.action === 'execute') throw error
      return { held: found, isGranted: false }
    }
  }

  /** Takes a request back, as far as that can still be done. */
  async withdraw(id: string): Promise<void> {
    const request = {
      method: 'POST' as const,
      path: `/approvals/${id}/cancel`,
      signals: [AbortSignal.timeout(10_000)],
    }
    await this.send(request, () => true)
  }

  /** Held calls of the agent that somebody may go on with: by the id of the call, or the latest of a tool. */
  list(query: Record<string, string>, signals: Signals): Promise<{ held: Held; digest: string }[]> {
    const path = `/approvals?${new URLSearchParams({ agent: this.agent, ...query }).toString()}`
    return this.send({ method: 'GET', path, signals }, (answer, headers) => {
      if (!isObject(answer) || !Array.isArray(answer.items)) return undefined
      return answer.items.flatMap((item: unknown) => {
        const held = heldOf(item, headers)
        return held && isAbout(item as JsonObject, held)
          ? [{ held, digest: requestedDigest(item as JsonObject) }]
          : []
      })
    })
  }

  /** What is recorded of a call. */
  readCall(runId: string, toolCallId: string, signals: Signals): Promise<RecordedCall> {
    return this.send({ method: 'GET', path: pathOf(runId, toolCallId), signals }, (answer) =>
      isObject(answer) && answer.tool_call_id === toolCallId ? (answer as RecordedCall) : undefined,
    )
  }

  /** Records what came of a call, as JSON texts. The first that is told is kept. */
  async record(
    runId: string,
    toolCallId: string,
    status: 'succeeded' | 'failed',
    text: string,
  ): Promise<void> {
    const member = status === 'succeeded' ? 'output' : 'error'
    const body = `{"status":"${status}","${member}":${recordable(text)}}`
    try {
      await this.send({ method: 'POST', path: `${pathOf(runId, toolCallId)}/result`, body }, (answer) =>
        isObject(answer) && answer.tool_call_id === toolCallId ? true : undefined,
      )
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'result_recorded') throw error
    }
  }

  /** Ends a run; what of it is pending would be withdrawn. */
  async completeRun(id: string, signals: Signals): Promise<void> {
    const request = { method: 'PATCH' as const, path: `/runs/${id}`, body: '{"status":"completed"}', signals }
    await this.send(request, (answer) => (isObject(answer) ? true : undefined))
  }

  /** Gives up what is on its way, so that the process can end: nobody is there who could be answered. */
  close(): void {
    this.ending.abort(new Error('the proxy has ended'))
  }

  private send<T>(
    request: Omit<Request<T>, 'read'>,
    read: (body: unknown, headers: Answer['headers']) => T | undefined,
  ): Promise<T> {
    const whole: Request<T> = {
      ...request,
      signals: [...(request.signals ?? []), this.ending.signal],
      read: ({ bytes, body, headers }) =>
        body === undefined ? undefined : read(readJson(utf8.decode(bytes)), headers),
    }
    // the wait that the server had room for is told to who asked
    return this.http.send(whole).finally(() => {
      if (whole.wait !== undefined) request.wait = whole.wait
    })
  }
}

/** The server's own no: also the one that was asked about again and again, while the agent is paused. */
function refusalIn(error: unknown): Problem | undefined {
  for (let one = error; one instanceof Error; one = one.cause) if (one instanceof Problem) return one
  return undefined
}

function pathOf(runId: string, toolCallId: string): string {
  return `/runs/${runId}/tool-calls/${encodeURIComponent(toolCallId)}`
}

/** Holdpoint takes 1 MiB, with what is around it. */
const mostRecordedBytes = 1_000_000

function recordable(text: string): string {
  const bytes = Buffer.byteLength(text)
  return bytes <= mostRecordedBytes ? text : writeJson({ cut: true, bytes, start: text.slice(0, 50_000) })
}

/** What may come next in each state of an approval. */
const possible: Record<Approval['status'], Next['action'][]> = {
  // it stops where its project is being archived
  pending: ['wait', 'stop'],
  // it waits while its agent is paused
  approved: ['wait', 'execute', 'done', 'ask_again', 'stop'],
  rejected: ['continue', 'stop'],
  expired: ['continue', 'stop'],
  cancelled: ['ask_again', 'stop'],
}

/** An approval that is whole in what decides and at one with itself; else undefined. */
function heldOf(value: unknown, headers: Headers | undefined): Held | undefined {
  if (!isObject(value)) return undefined
  const { id, run_id, tool_call_id, agent, tool, params, status, next, url, metadata } = value
  const { requested_at, expires_at, decided_at, claimed_at } = value
  if (value.required !== true || !isObject(next) || !isObject(params)) return undefined
  if (
    ![id, run_id, tool_call_id, agent, tool, status, url, next.message, requested_at, expires_at].every(
      (text) => typeof text === 'string',
    )
  ) {
    return undefined
  }
  const allowed = Object.hasOwn(possible, status as string) ? possible[status as Approval['status']] : []
  // what a claim answers is an approval that is claimed, which is done for everybody else
  if (!allowed.includes(next.action as Next['action'])) return undefined
  const now = Date.parse(headers?.get('date') ?? '') || Date.now()
  return {
    id: id as string,
    runId: run_id as string,
    toolCallId: tool_call_id as string,
    agent: agent as string,
    status: status as Approval['status'],
    tool: tool as string,
    params,
    isEdited: isObject(value.edited),
    action: next.action as Next['action'],
    message: next.message as string,
    url: url as string,
    metadata: isObject(metadata) ? metadata : {},
    isClaimed: typeof claimed_at === 'string',
    createdAt: requested_at as string,
    changedAt: (decided_at ?? requested_at) as string,
    expiresAt: expires_at as string,
    leftMs: Math.max(0, Date.parse(expires_at as string) - now) || 0,
  }
}

/** The digest of the call as it was asked about. */
function requestedDigest({ edited, digest }: JsonObject): string {
  return String(isObject(edited) ? edited.requested_digest : digest)
}

/** Whether an approval is for its own params, and where that is given for this call. */
function isAbout(value: JsonObject, held: Held, tool?: string, digest?: string): boolean {
  if (digestOf(held.tool, held.params) !== value.digest) return false
  return (
    (tool === undefined || held.tool === tool) && (digest === undefined || requestedDigest(value) === digest)
  )
}
