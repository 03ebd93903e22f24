import { type Asked, type RunContext } from './call.ts'
import { Indeterminate, Problem, ToolError } from './errors.ts'
import type { Answer, Request } from './http.ts'
import { isObject, withRecorded } from './json.ts'
import { neverRan, type Earlier, type GateOptions, type Outcome, type ReleasedCall } from './outcome.ts'
import type { RecordedCall } from './types.ts'
import { sleep, type Signals } from './wait.ts'

/** What is told of a call that was let through. */
export type Result = { status: 'succeeded'; output?: unknown } | { status: 'failed'; error: unknown }

const didNotRun = 'did_not_run'

/** Of a call that was let through and that nobody ran: it may be asked for again. */
export const didNotRunResult: Result = {
  status: 'failed',
  error: { name: 'DidNotRun', code: didNotRun, message: 'The agent ended or was called off before it ran.' },
}

/**
 * Records a result; the same again is the same. What ends waits does not end this, for what has run is to be known.
 * @throws Problem `result_recorded` where another one is recorded already
 */
export async function report(
  run: RunContext,
  toolCallId: string,
  result: Result,
  signals: Signals = [],
): Promise<void> {
  const { status, ...recorded } = result
  const body = withRecorded({ status }, recorded)
  await send(run, toolCallId, '/result', { method: 'POST', body, signals })
}

function send(
  { http, record }: RunContext,
  toolCallId: string,
  of: string,
  request: Pick<Request<RecordedCall>, 'method' | 'body' | 'signals'>,
): Promise<RecordedCall> {
  const path = `/runs/${record.id}/tool-calls/${encodeURIComponent(toolCallId)}${of}`
  const read = ({ body }: Answer) =>
    isObject(body) && body.tool_call_id === toolCallId ? (body as RecordedCall) : undefined
  return http.send({ ...request, path, read })
}

/** For how long somebody else who was let through may be at work still. */
const patienceMs = 10_000

/**
 * What became of a call that was let through before, to this process or another: what is recorded, at once or within
 * 10 s, else what the tool's books say. undefined where it is known that it did not run.
 * @throws Indeterminate where nobody knows
 */
export async function earlierOutcome<T, P>(
  run: RunContext,
  asked: Asked,
  options: GateOptions<T, P>,
): Promise<Outcome<T, P> | undefined> {
  const signals = run.endings(options.signal)
  const until = performance.now() + patienceMs
  for (let recorded = asked.recorded; ; recorded = await readCall(run, asked)) {
    if (recorded && hasResult(recorded)) return outcomeOf(asked, recorded)
    if (performance.now() >= until) break
    await sleep(recorded ? 1000 : 0, signals)
  }
  const { message, approval, toolCallId, tool } = asked
  let output: Earlier<T>
  let cause: unknown
  try {
    output = await options.earlier?.(releasedCall<P>(run, asked, options.signal))
  } catch (error) {
    cause = error
  }
  if (output === undefined) {
    const words = `${message} Look whether ${tool} ran as ${toolCallId}; it was not run now.`
    throw new Indeterminate(words, { code: 'indeterminate', approval, cause })
  }
  const isNever = output === neverRan
  try {
    const result: Result = { status: 'succeeded', output }
    await report(run, toolCallId, isNever ? didNotRunResult : result)
  } catch (error) {
    // somebody else was at it all the time
    if (isRecorded(error)) return outcomeOf(asked, await readCall(run, asked))
    throw error
  }
  return isNever ? undefined : ran(asked, output as T, true)
}

/** Whether another result was told before. */
export function isRecorded(error: unknown): boolean {
  return error instanceof Problem && error.code === 'result_recorded'
}

function hasResult({ status }: RecordedCall): boolean {
  return status === 'succeeded' || status === 'failed'
}

function readCall(run: RunContext, { toolCallId }: Asked): Promise<RecordedCall> {
  return send(run, toolCallId, '', { method: 'GET' })
}

/** @returns undefined where the call is recorded as one that did not run */
function outcomeOf<T, P>(
  asked: Asked,
  { status, output, error, truncated }: RecordedCall,
): Outcome<T, P> | undefined {
  if (status === 'succeeded')
    return { ...ran<T, P>(asked, output as T, true), ...(truncated ? { truncated } : {}) }
  if (isObject(error) && error.code === didNotRun) return undefined
  const message = isObject(error) && typeof error.message === 'string' ? error.message : JSON.stringify(error)
  return { kind: 'failed', error: new ToolError(message, { cause: error }), replayed: true }
}

export function ran<T, P>(asked: Asked, output: T, replayed: boolean): Outcome<T, P> & { kind: 'ran' } {
  const { edited, approval, params } = asked
  return { kind: 'ran', output, params: params as P, edited, replayed, approval }
}

export function releasedCall<P>(
  run: RunContext,
  asked: Asked,
  signal: AbortSignal | undefined,
): ReleasedCall<P> {
  const { callId, toolCallId, tool, params, approval } = asked
  return {
    run: run.id,
    callId,
    toolCallId,
    tool,
    params: structuredClone(params) as P,
    signal: AbortSignal.any(run.endings(signal).filter((one) => one !== undefined)),
    approval,
  }
}
