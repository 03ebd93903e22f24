import {
  bodyOf,
  holdSeconds,
  over,
  put,
  questionOf,
  understand,
  type Heard,
  type Question,
  type RunContext,
} from './call.ts'
import { gate, type Hold } from './gate.ts'
import type { Answer, Request } from './http.ts'
import { isObject, type JsonObject } from './json.ts'
import type { Execute, GateOptions, Outcome } from './outcome.ts'
import { pause, type Signals } from './wait.ts'

export type BatchCall<T, P = JsonObject> = Omit<GateOptions<T, P>, 'mode' | 'signal'> & {
  tool: string
  params: P
  execute: Execute<T, P>
}

export type BatchOptions = Pick<GateOptions<unknown>, 'mode' | 'signal'>

/** Calls in one ask. */
const most = 50

/** One ask for many calls, and one wait; see `Run.batch`. */
export async function batch<T, P extends object>(
  run: RunContext,
  calls: BatchCall<T, P>[],
  options: BatchOptions,
): Promise<Outcome<T, P>[]> {
  const signals = run.endings(options.signal)
  const questions = await Promise.all(calls.map((call) => questionOf(call.tool, call.params, call)))
  const heard: (Heard | undefined)[] = []
  for (let at = 0; at < questions.length; at += most) {
    heard.push(...(await askTogether(run, questions.slice(at, at + most), signals)))
  }
  const hold = watcher(run, signals)
  const errors: Error[] = []
  const ends = calls.map(({ tool, params, execute, ...own }, i) =>
    gate(run, tool, params, execute, { ...own, ...options }, hold, heard[i]),
  )
  const outcomes = await Promise.all(ends.map((end) => end.catch((error: Error) => void errors.push(error))))
  if (errors.length > 0) throw errors.find(({ name }) => name === 'Refused') ?? errors[0]
  return outcomes as Outcome<T, P>[]
}

/** @returns what there is to be done about each; undefined where that one has to be asked alone */
async function askTogether(run: RunContext, questions: Question[], signals: Signals) {
  const read = async ({ body }: Answer) => {
    if (!isObject(body) || !Array.isArray(body.results) || body.results.length !== questions.length) return
    const results = body.results as JsonObject[]
    return Promise.all(questions.map((question, i) => understand(run, question, results[i]?.answer, false)))
  }
  const body = JSON.stringify({ run_id: run.record.id, calls: questions.map(bodyOf) })
  try {
    return await run.http.send({ path: '/approvals/batch', body, signals, read })
  } catch (error) {
    throw await over(run, error)
  }
}

/** One open wait for all held calls of a run: each is asked about again when it is no longer known as held. */
function watcher(run: RunContext, signals: Signals): Hold {
  const path = `/runs/${run.record.id}?fields=steps,tool_call_id,status`
  let reading: Promise<unknown[]> | undefined
  let known: unknown[] = []
  let etag: string | undefined
  let begun = -Infinity
  let wait = holdSeconds

  /** The ids of the calls that are held, of the first page of a long run, when they have changed. */
  async function read(): Promise<unknown[]> {
    await pause(begun, wait, signals)
    begun = performance.now()
    const request: Request<unknown[]> = {
      path,
      // The first is answered at once: a wait tells only what changes after what its reader knows.
      ...(etag && { wait }),
      signals,
      headers: { ...(etag && { 'If-None-Match': etag }) },
      read: ({ status, headers, body }) => {
        if (status === 304) return known
        if (!isObject(body) || body.id !== run.record.id || !Array.isArray(body.steps)) return
        etag = headers.get('etag') ?? undefined
        const steps = body.steps as JsonObject[]
        return steps.filter((step) => step.status === 'awaiting_approval').map((step) => step.tool_call_id)
      },
    }
    try {
      known = await run.http.send(request)
      wait = request.wait ?? wait
      return known
    } finally {
      reading = undefined
    }
  }

  return async (_, { toolCallId, question }) => {
    let held: unknown[]
    do held = await (reading ??= read())
    while (held.includes(toolCallId))
    return put(run, question, { taker: run.life.ids, signals })
  }
}
