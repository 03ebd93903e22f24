import { batch, type BatchCall } from './batch.ts'
import { put, questionOf, take, type Asked, type AskOptions, type Event, type RunContext } from './call.ts'
import { toCallId } from './call-id.ts'
import { checkpointOf, type Checkpoint } from './checkpoint.ts'
import { Problem, Rejected, type Refused } from './errors.ts'
import { gate } from './gate.ts'
import type { Answer, Http } from './http.ts'
import { digestOf, isObject, snapshot, withRecorded, type JsonObject } from './json.ts'
import { newIds, type Life } from './life.ts'
import type { Execute, GateOptions, Outcome } from './outcome.ts'
import { report, type Result } from './result.ts'
import type { Approval } from './approval.ts'
import type { RunRecord } from './types.ts'
import type { Signals } from './wait.ts'

export type GatedOptions<T, P, A extends unknown[]> = Pick<
  GateOptions<T, P>,
  'earlier' | 'signal' | 'schema' | 'onEdit'
> & {
  /** The agent's own id of a call. Without, it is made of tool, params and how often they came in this process. */
  callId?: string | ((params: P, ...rest: A) => string)
  /** The agent's own words for reviewers. */
  describe?: (params: P) => string
  /** What the function returns where the call was rejected or expired and the run goes on; without, it throws Rejected. */
  onRejected?: (message: string, approval: Approval) => T | Promise<T>
}

export function isRun(value: unknown): value is RunRecord {
  return isObject(value) && typeof value.id === 'string' && typeof value.status === 'string'
}

type Ending = { status: 'completed' | 'failed' | 'cancelled'; output?: unknown; error?: unknown }

/** What all runs of a client share. */
export type Connection = {
  http: Http
  life: Life
  say: (event: Event) => void
  signal: AbortSignal | undefined
}

/** One run of an agent. */
export class Run implements RunContext {
  readonly http: Http
  readonly life: Life
  /** As it was given: the same in every life of the agent. */
  readonly id: string
  /** As Holdpoint answered it last; `record.id` is Holdpoint's own id of it. */
  record: RunRecord
  readonly checkpoint: Checkpoint
  /** Says what happens. */
  readonly say: (event: Event) => void
  private readonly ending = new AbortController()
  /** What ends a wait in this run. */
  readonly endings: (signal?: AbortSignal) => Signals
  private readonly counts = new Map<string, number>()

  constructor({ http, life, say, signal }: Connection, id: string, record: RunRecord) {
    this.http = http
    this.life = life
    this.say = say
    this.endings = (own) => [this.signal, own, signal]
    this.id = id
    this.record = record
    this.checkpoint = checkpointOf(http, record.id, () => this.endings())
  }

  get status(): RunRecord['status'] {
    return this.record.status
  }

  /** Aborts when the run is over by a rejection or an expiry, with the Refused as its reason. */
  get signal(): AbortSignal {
    return this.ending.signal
  }

  /** Tells everybody in this run that it is over. @returns why: what was told first */
  end(refused: Refused): Refused {
    if (refused.code === 'rejected' || refused.code === 'expired')
      this.record = { ...this.record, status: 'failed' }
    this.ending.abort(refused)
    return this.signal.reason as Refused
  }

  /**
   * Runs a tool if it may: asks, waits for a person however long that takes, runs it once and records the result. The
   * same `callId` again, in this process or another, goes on where it was and never runs it twice.
   *
   * @param execute is handed a copy of the params as they were at the ask, or as a reviewer changed them
   * @throws Refused, Unavailable, Indeterminate, Problem, or the reason of a signal; in each case it did not run now
   */
  gate<T, P extends object>(
    tool: string,
    params: P,
    execute: Execute<T, P>,
    options: GateOptions<T, P>,
  ): Promise<Outcome<T, P>> {
    return gate(this, tool, params, execute, options)
  }

  /** A function that runs only through the gate, and returns or throws as `fn` does. Its first argument are the params. */
  gated<T, P extends object, A extends unknown[]>(
    tool: string,
    fn: (params: P, ...rest: A) => T | Promise<T>,
    options: GatedOptions<T, P, A> = {},
  ): (params: P, ...rest: A) => Promise<T> {
    const { callId: given, describe, onRejected, ...others } = options
    return async (params, ...rest) => {
      const callId =
        (typeof given === 'function' ? given(params, ...rest) : given) ?? (await this.nextId(tool, params))
      const about = { ...others, callId, description: describe?.(params) }
      const outcome = await this.gate(tool, params, (copy) => fn(copy, ...rest), about)
      if (outcome.kind === 'ran') return outcome.output
      if (outcome.kind === 'failed') throw outcome.replayed ? outcome.error : outcome.error.cause
      // it waits, and is never parked
      const { message, approval } = outcome as Extract<typeof outcome, { kind: 'rejected' }>
      if (onRejected) return onRejected(message, approval)
      throw new Rejected(message, { approval })
    }
  }

  /** The same in every life of an agent that makes the same calls in the same order. */
  private async nextId(tool: string, params: object): Promise<string> {
    const digest = await digestOf(tool, snapshot(params))
    const id = `${tool}:${digest.slice(7, 17)}`
    this.counts.set(id, (this.counts.get(id) ?? 0) + 1)
    return `${id}:${this.counts.get(id)}`
  }

  /**
   * Up to many calls of one turn: asked at once, waited for at once, each run as soon as it may.
   *
   * @returns the outcomes in the order of the calls
   * @throws when all have come to an end: Refused where one of them ended the run, else what the first of them threw
   */
  batch<T, P extends object = JsonObject>(
    calls: BatchCall<T, P>[],
    options: Pick<GateOptions<T, P>, 'mode' | 'signal'> = {},
  ): Promise<Outcome<T, P>[]> {
    return batch(this, calls, options)
  }

  /**
   * Asks about a call and takes nothing: whatever is answered, the tool may not run until `claim` grants it.
   * @throws Refused where the run is over; Unavailable, Problem
   */
  async ask(tool: string, params: object, options: AskOptions): Promise<Asked> {
    return put(this, await questionOf(tool, params, options), { signals: this.endings(options.signal) })
  }

  /** Waits until a person has decided, or the call is over otherwise; takes nothing. @throws as `ask` */
  async settle(asked: Asked, { signal }: { signal?: AbortSignal | undefined } = {}): Promise<Asked> {
    const how = { waits: true, signals: this.endings(signal) }
    while (asked.action === 'wait') asked = await put(this, asked.question, how)
    return asked
  }

  /**
   * Takes the one use of what was answered `execute`. Only where the answer `isGranted` may the tool run, with its
   * `params`, once; whoever claims sees to that, and reports. Of all who claim, in this process too, one is granted it.
   * @throws as `ask`
   */
  claim(asked: Asked): Promise<Asked> {
    return take(this, asked, newIds())
  }

  /** Records what came of a call that was claimed. The first that is told is kept. */
  async report(call: Asked | string, result: Result): Promise<void> {
    const toolCallId = typeof call === 'string' ? await toCallId(call) : call.toolCallId
    await report(this, toolCallId, result)
  }

  /** Records a step that needs no approval; with an `id`, the same again is the same step. */
  async step(
    kind: 'model' | 'message' | 'note',
    name: string,
    { id, input, output }: { id?: string; input?: unknown; output?: unknown } = {},
  ): Promise<void> {
    const step_id = id === undefined ? undefined : await toCallId(id)
    await this.http.send({
      path: `/runs/${this.record.id}/steps`,
      body: withRecorded({ kind, name, step_id, input, output }),
      signals: this.endings(),
      read: ({ body }) => isObject(body) && body.kind === kind,
    })
  }

  /** Ends the run; what of it is pending is withdrawn. */
  complete(output?: unknown): Promise<void> {
    return this.finish({ status: 'completed', output })
  }

  fail(error: unknown): Promise<void> {
    const told = error instanceof Error ? { name: error.name, message: error.message } : error
    return this.finish({ status: 'failed', error: told })
  }

  cancel(): Promise<void> {
    return this.finish({ status: 'cancelled' })
  }

  private async finish(ending: Ending): Promise<void> {
    const { id } = this.record
    const path = `/runs/${id}`
    const body = withRecorded(ending)
    const read = ({ body: run }: Answer) => isRun(run) && run.id === id && run
    try {
      this.record = await this.http.send({ method: 'PATCH', path, body, read })
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'run_finished') throw error
      this.record = await this.http.send({ path, read })
      // else the answer to an earlier try got lost, or a person's no came first
      if (this.record.status !== ending.status) throw error
    }
  }
}
