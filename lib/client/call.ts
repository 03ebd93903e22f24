import { toCallId } from './call-id.ts'
import { Problem, Refused } from './errors.ts'
import type { Http, Request } from './http.ts'
import type { Life } from './life.ts'
import { digestOf, isObject, snapshot, type JsonObject } from './json.ts'
import type { Approval, Next, NotRequired, RecordedCall, RunRecord } from './types.ts'
import type { Signals } from './wait.ts'

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
  tool: string
  params: JsonObject
  digest: string
  /** The members of the request beside these. */
  more: JsonObject
}

/** What was answered to a question. */
export type Asked = {
  callId: string
  /** `tool_call_id` of the question: `callId` as Holdpoint takes it, with `.2` and so on where it was asked again. */
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
} & ({ approval: Approval; action: Next['action'] } | { approval: undefined; action: 'execute' | 'done' })

/** @throws Problem for params that JSON could not carry or would change */
export async function questionOf(tool: string, params: unknown, options: AskOptions): Promise<Question> {
  const { callId, description, schema, context, metadata } = options
  const copy = snapshot(params)
  const laid = context && snapshot(context)
  const more = { description, context: laid, metadata, params_schema: schema }
  return { callId, attempt: 1, tool, params: copy, digest: await digestOf(tool, copy), more }
}

const mostAttempts = 5

/** The same question under the next id. @throws Problem after the fifth, with what became of it */
export function again({ question, approval, message }: Asked): Question {
  if (question.attempt < mostAttempts) return { ...question, attempt: question.attempt + 1 }
  const code = approval?.status === 'approved' ? 'grant_expired' : approval?.status
  throw new Problem(`${question.tool} was asked for in vain. ${message}`, {
    status: 409,
    code,
    approval,
  })
}

export type Take = {
  /** Whether to take the one start of the call, or the claim, where the answer is yes. */
  take: boolean
  /** Seconds for which the answer may be held; is 0 afterwards where the server holds too many. */
  wait?: number
  signals: Signals
}

/** The members of a request that puts a question. */
export async function bodyOf({ callId, attempt, tool, params, more }: Question) {
  const id = await toCallId(callId)
  const toolCallId = attempt === 1 ? id : `${id}.${attempt}`
  const body: JsonObject & { tool_call_id: string } = { tool, params, tool_call_id: toolCallId, ...more }
  return body
}

/** Puts a question. @throws Refused where the run has ended; and as `Http.send` */
export async function put(run: RunContext, question: Question, how: Take): Promise<Asked> {
  const body = await bodyOf(question)
  const request: Request<Asked> = {
    method: 'POST',
    path: '/approvals',
    body: JSON.stringify({ run_id: run.record.id, ...body, ...(how.take ? run.life.ids : {}) }),
    signals: how.signals,
    read: (answer) => understand(run, question, body.tool_call_id, answer.body, how.take),
    ...(how.wait === undefined ? {} : { wait: how.wait }),
  }
  try {
    return await run.http.send(request)
  } catch (error) {
    throw over(run, error)
  } finally {
    how.wait = request.wait ?? 0
  }
}

/** Takes the one use of an approval, or the one start of a call that needs none. */
export async function take(run: RunContext, asked: Asked): Promise<Asked> {
  const { approval, question, toolCallId, tool, params } = asked
  // what is on its way is not given up: a claim whose answer nobody hears is a dead approval
  if (!approval) return put(run, question, { take: true, signals: [] })
  try {
    return await run.http.send({
      method: 'POST',
      path: `/approvals/${approval.id}/claim`,
      body: JSON.stringify({ tool, params, claim_id: run.life.ids.claim_id }),
      read: async ({ body }) => {
        if (!isObject(body) || body.id !== approval.id || typeof body.claimed_at !== 'string')
          return undefined
        const next = { action: 'execute', message: approval.next.message }
        return understand(run, question, toolCallId, { ...body, next }, true)
      },
    })
  } catch (error) {
    if (!(error instanceof Problem) || !error.approval) throw over(run, error)
    const now = await understand(run, question, toolCallId, error.approval, false)
    // whoever says no and yes in one breath has said no
    if (!now || now.action === 'execute' || now.action === 'wait') throw error
    return now
  }
}

function over(run: RunContext, error: unknown): unknown {
  if (!(error instanceof Problem) || error.code !== 'run_finished') return error
  const { code, status, approval } = error
  return run.end(new Refused(error.message, { code, status, approval, cause: error }))
}

/** What may come next in each state of an approval. */
const possible: Record<Approval['status'], Next['action'][]> = {
  pending: ['wait'],
  approved: ['execute', 'done', 'ask_again', 'stop'],
  rejected: ['continue', 'stop'],
  expired: ['continue', 'stop'],
  cancelled: ['ask_again', 'stop'],
}

/** Only an answer to this very question, whole in what decides and at one with itself, counts as one. */
export async function understand(
  run: RunContext,
  question: Question,
  toolCallId: string,
  body: unknown,
  take: boolean,
): Promise<Asked | undefined> {
  if (!isObject(body) || body.tool_call_id !== toolCallId || body.run_id !== run.record.id) return undefined
  if (!isObject(body.next) || typeof body.next.message !== 'string') return undefined
  const { action, message } = body.next as Next
  const { callId, tool, digest } = question
  const recorded = isObject(body.call) ? (body.call as RecordedCall) : undefined
  const asked = { callId, toolCallId, tool, message, recorded, question }
  if ((body as NotRequired | Approval).required === false) {
    if (action !== 'execute' && action !== 'done') return undefined
    const isGranted = take && action === 'execute'
    return { ...asked, action, params: question.params, edited: false, approval: undefined, isGranted }
  }
  const approval = body as Approval
  if (approval.required !== true || typeof approval.id !== 'string' || approval.tool !== tool)
    return undefined
  if (!Object.hasOwn(possible, approval.status) || !possible[approval.status].includes(action))
    return undefined
  const edited = isObject(approval.edited)
  if ((edited ? approval.edited?.requested_digest : approval.digest) !== digest) return undefined
  // what JSON.parse may have changed of a reviewer's params shows in their digest
  if (edited && (!isObject(approval.params) || (await digestOf(tool, approval.params)) !== approval.digest)) {
    return undefined
  }
  const isGranted = take && action === 'execute' && typeof approval.claimed_at === 'string'
  return { ...asked, action, params: edited ? approval.params : question.params, edited, approval, isGranted }
}
