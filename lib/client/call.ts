import { toCallId } from './call-id.ts'
import { Problem, Refused } from './errors.ts'
import type { Answer, Http, Request } from './http.ts'
import type { Ids, Life } from './life.ts'
import { digestOf, isObject, snapshot, type JsonObject } from './json.ts'
import type { Approval } from './approval.ts'
import type { Next, RecordedCall, RunRecord } from './types.ts'
import { send } from './result.ts'
import { pause, sleep, type Signals } from './wait.ts'

/** What happens, for a log. */
export type Event =
  | { type: 'held'; callId: string; approval: Approval }
  | { type: 'asking_again'; callId: string; message: string }
  | { type: 'unanswered'; method: string; path: string; reason: string }
  | { type: 'unreported'; callId: string; error: unknown }

/** A run, as far as its calls have to know it. */
export type RunContext = {
  readonly http: Http
  readonly life: Life
  readonly id: string
  readonly record: RunRecord
  readonly signal: AbortSignal
  /** What ends a wait in this run. */
  endings(signal?: AbortSignal): Signals
  /** Tells everybody in this run that it is over. */
  end(refused: Refused): Refused
  say(event: Event): void
}

export type AskOptions = {
  /** The agent's own id of this call, the same in every life of the agent. */
  callId: string
  /** The agent's own words, shown to reviewers as such. */
  description?: string | undefined
  /** JSON Schema of the params, for reviewers who edit them. */
  schema?: object | undefined
  /** Laid over the run's context for this call. */
  context?: JsonObject | undefined
  /** Shown to reviewers as stated, such as where the agent resumes. */
  metadata?: JsonObject | undefined
  signal?: AbortSignal | undefined
}

/** One question, as it is put again and again. */
export type Question = {
  callId: string
  /** 1, and one more each time that an answer was `ask_again`. */
  attempt: number
  /** `callId` as Holdpoint takes it, with `.2` and so on where it is asked again. */
  toolCallId: string
  tool: string
  params: JsonObject
  digest: string
  /** The members of the request beside these. */
  more: JsonObject & { metadata?: JsonObject | undefined }
}

type About = {
  callId: string
  /** That of the question. */
  toolCallId: string
  tool: string
  /** What may run: as asked, or as a reviewer changed it. */
  params: JsonObject
  edited: boolean
  message: string
  /** What is recorded of the call, where the answer says so. */
  recorded: RecordedCall | undefined
  /** Whether this very process may run it now, once. */
  isGranted: boolean
  question: Question
}

/** What was answered to a question. */
export type Heard = About &
  ({ approval: Approval; action: Next['action'] } | { approval: undefined; action: 'execute' | 'done' })

/** What there is to be done about a call: asked again is what had to be, and a run that is over is thrown. */
export type Asked = About &
  (
    | { approval: Approval; action: Exclude<Next['action'], 'ask_again' | 'stop'> }
    | { approval: undefined; action: 'execute' | 'done' }
  )

/** @throws Problem for params that JSON could not carry or would change */
export async function questionOf(tool: string, params: unknown, options: AskOptions): Promise<Question> {
  const { callId, description, schema, context, metadata } = options
  const copy = snapshot(params)
  const laid = context && snapshot(context)
  const more = { description, context: laid, metadata, params_schema: schema }
  const toolCallId = await toCallId(callId)
  return { callId, attempt: 1, toolCallId, tool, params: copy, digest: await digestOf(tool, copy), more }
}

const mostAttempts = 5

/** The same question under the next id. @throws Problem after the fifth, with what became of it */
async function again({ question, approval, message }: Heard): Promise<Question> {
  const attempt = question.attempt + 1
  if (attempt <= mostAttempts)
    return { ...question, attempt, toolCallId: `${await toCallId(question.callId)}.${attempt}` }
  const code = approval?.status === 'approved' ? 'grant_expired' : undefined
  throw new Problem(`${question.tool} was asked for in vain. ${message}`, { status: 409, code, approval })
}

export const holdSeconds = 50

export type Take = {
  /** Who takes the one start of the call, or the claim, where the answer is yes. */
  taker?: Ids | undefined
  /** Whether there is a wait for the decision: for as long as the server holds its answer, and a little. */
  waits?: boolean
  /** Whether a signal has ended this before, and all there is to do is to hear of what was granted. */
  isLate?: boolean
  signals: Signals
}

/** The members of a request that puts a question. */
export function bodyOf({ callId, toolCallId, tool, params, more }: Question) {
  const body = { tool, params, tool_call_id: toolCallId, ...more }
  // for who resumes: the agent knows the call by its own id
  if (toolCallId !== callId && /^\P{Surrogate}{1,1000}$/u.test(callId))
    body.metadata = { call_id: callId, ...more.metadata }
  return body
}

/**
 * Puts a question, and under the next id where the answer is to ask again. What was granted just when a signal ended
 * that is answered still, for it to be given back: else nobody knew whether the tool ran.
 * @throws Refused where the run has ended; and as `Http.send`
 */
export async function put(run: RunContext, question: Question, how: Take): Promise<Asked> {
  const { taker, waits, signals } = how
  for (const signal of signals) signal?.throwIfAborted()
  const begun = performance.now()
  const request: Request<Heard> = {
    path: '/approvals',
    body: JSON.stringify({ run_id: run.record.id, ...bodyOf(question), ...taker }),
    signals,
    read: (answer) => understand(run, question, answer.body, taker !== undefined),
    wait: waits ? holdSeconds : 0,
  }
  try {
    const asked = await heed(run, await run.http.send(request), { taker, signals })
    if (waits && asked.action === 'wait') await pause(begun, request.wait, signals)
    return asked
  } catch (error) {
    const late = signals.some((signal) => signal?.aborted) && (await lateGrant(run, question, how))
    if (late) return late
    throw await over(run, error)
  }
}

/** What an ask was granted that a signal has ended. One that is not held may take the call only now: it is asked again. */
async function lateGrant(run: RunContext, question: Question, { taker, waits, isLate }: Take) {
  if (!taker || isLate || run.signal.aborted) return
  const signals = [AbortSignal.timeout(5000)]
  const read = async () => (await send(run, question.toolCallId, '', { signals })).status
  try {
    let status = waits ? await read() : 'running'
    if (status === 'approved') {
      // a claim may be on its way
      await sleep(500, signals)
      status = await read()
    }
    if (status === 'running') return await put(run, question, { taker, signals, isLate: true })
  } catch {
    // whoever comes to the call hears that nobody knows
  }
}

/** What there is to be done about a call after an answer. @throws as `put` */
export async function heed(run: RunContext, heard: Heard, how: Take): Promise<Asked> {
  const { action, callId, message, approval } = heard
  if (action === 'stop') throw await refuse(run, new Refused(message, { approval }))
  if (action !== 'ask_again') return heard as Asked
  run.say({ type: 'asking_again', callId, message })
  return put(run, await again(heard), how)
}

/** Takes the one use of an approval, or the one start of a call that needs none. */
export async function take(run: RunContext, asked: Asked, taker: Ids): Promise<Asked> {
  const { approval, question, tool, params, message } = asked
  // what is on its way is not given up: a claim whose answer nobody hears is a dead approval
  if (!approval) return put(run, question, { taker, signals: [] })
  let heard: Heard | undefined
  try {
    heard = await run.http.send({
      path: `/approvals/${approval.id}/claim`,
      body: JSON.stringify({ tool, params, claim_id: taker.claim_id }),
      read: ({ body }) =>
        isObject(body) &&
        body.id === approval.id &&
        typeof body.claimed_at === 'string' &&
        understand(run, question, { ...body, next: { action: 'execute', message } }, true),
    })
  } catch (error) {
    if (!(error instanceof Problem) || !error.approval) throw await over(run, error)
    heard = await understand(run, question, error.approval, false)
    // whoever says no and yes in one breath has said no
    if (!heard || heard.action === 'execute' || heard.action === 'wait') throw error
  }
  return heed(run, heard, { taker, signals: run.endings() })
}

/** A problem as it is; where it says that the run is over, why it is. */
export async function over(run: RunContext, error: unknown): Promise<unknown> {
  if (!(error instanceof Problem) || error.code !== 'run_finished') return error
  return refuse(run, new Refused(error.message, { ...error, cause: error }))
}

/**
 * Ends the run with a refusal: that of the call that was rejected or expired, though another call, which was withdrawn
 * with it, may have heard first that the run is over.
 */
async function refuse(run: RunContext, heard: Refused): Promise<Refused> {
  const { http, record, signal } = run
  if (signal.aborted || heard.code === 'rejected' || heard.code === 'expired') return run.end(heard)
  const signals = run.endings(AbortSignal.timeout(10_000))
  const { items } = await readApprovals(http, `run_id=${record.id}&status=rejected,expired`, signals).catch(
    () => ({ items: [] }),
  )
  const approval = items.find(({ next }) => next.action === 'stop')
  return run.end(approval ? new Refused(approval.next.message, { approval, cause: heard }) : heard)
}

type Page = { items: Approval[]; next_cursor?: unknown }

/** A page of the approvals that a query finds. */
export function readApprovals(http: Http, query: string, signals: Signals): Promise<Page> {
  const read = ({ body }: Answer) =>
    isObject(body) && Array.isArray(body.items) && { ...body, items: body.items.filter(isApproval) }
  return http.send({ path: `/approvals?${query}`, signals, read })
}

function isApproval(value: unknown): value is Approval {
  return isObject(value) && typeof value.id === 'string' && isObject(value.next)
}

/** What may come next in each state of an approval. */
const possible: Record<Approval['status'], Next['action'][]> = {
  // it stops where its project is being archived
  pending: ['wait', 'stop'],
  approved: ['wait', 'execute', 'done', 'ask_again', 'stop'],
  rejected: ['continue', 'stop'],
  expired: ['continue', 'stop'],
  cancelled: ['ask_again', 'stop'],
}

/** Only an answer to this very question, whole in what decides and at one with itself, counts as one. */
export async function understand(
  run: RunContext,
  question: Question,
  body: unknown,
  take: boolean,
): Promise<Heard | undefined> {
  const { callId, toolCallId, tool, digest } = question
  if (!isObject(body) || body.tool_call_id !== toolCallId || body.run_id !== run.record.id) return undefined
  if (!isObject(body.next) || typeof body.next.message !== 'string') return undefined
  const { action, message } = body.next as Next
  const recorded = isObject(body.call) ? (body.call as RecordedCall) : undefined
  const asked = { callId, toolCallId, tool, message, recorded, question }
  const approval = body.required === false ? undefined : (body as Approval)
  const edited = isObject(approval?.edited)
  if (approval) {
    if (approval.required !== true || typeof approval.id !== 'string' || approval.tool !== tool) return
    if (!Object.hasOwn(possible, approval.status) || !possible[approval.status].includes(action)) return
    if ((approval.edited?.requested_digest ?? approval.digest) !== digest) return
    // what JSON.parse may have changed of a reviewer's params shows in their digest
    if (edited && !isObject(approval.params)) return
    if (edited && (await digestOf(tool, approval.params)) !== approval.digest) return
  } else if (action !== 'execute' && action !== 'done') return
  const isGranted = take && action === 'execute' && (!approval || typeof approval.claimed_at === 'string')
  const params = edited && approval ? approval.params : question.params
  return { ...asked, action, params, edited, approval, isGranted } as Heard
}
