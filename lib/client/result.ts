import type { Asked, RunContext } from './call.ts'
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
  error: { name: 'DidNotRun', code: didNotRun, message: 'The agent ended or was called off first.' },
}

/**
 * Records a result; the same again is the same. What ends waits does not end this, for what has run is to be known.
 * @returns whether it is the one that is recorded: false where another one was before
 */
export async function report(
  run: RunContext,
  toolCallId: string,
  result: Result,
  signals: Signals = [],
): Promise<boolean> {
  try {
    await send(run, toolCallId, '/result', { body: withRecorded(result), signals })
    return true
  } catch (error) {
    if (error instanceof Problem && error.code === 'result_recorded') return false
    throw error
  }
}

/** What is recorded of a call, or of what is told of it. @throws as `Http.send` */
export function send(
  { http, record }: RunContext,
  toolCallId: string,
  of = '',
  request: Pick<Request<RecordedCall>, 'body' | 'signals'> = {},
): Promise<RecordedCall> {
  const path = `/runs/${record.id}/tool-calls/${encodeURIComponent(toolCallId)}${of}`
  const read = ({ body }: Answer) =>
    isObject(body) && body.tool_call_id === toolCallId && (body as RecordedCall)
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
  for (let recorded = asked.recorded; ; recorded = await send(run, asked.toolCallId)) {
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
  const isOurs = await report(run, toolCallId, isNever ? didNotRunResult : { status: 'succeeded', output })
  // else somebody was at it all the time
  if (!isOurs) return outcomeOf(asked, await send(run, asked.toolCallId))
  return isNever ? undefined : ran(asked, output as T, true)
}

function hasResult({ status }: RecordedCall): boolean {
  return status === 'succeeded' || status === 'failed'
}

/** @returns undefined where the call is recorded as one that did not run */
function outcomeOf<T, P>(
  asked: Asked,
  { status, output, error, truncated }: RecordedCall,
): Outcome<T, P> | undefined {
  if (status === 'succeeded')
    return { ...ran<T, P>(asked, output as T, true), ...(truncated && { truncated }) }
  const { code, message = JSON.stringify(error) } = Object(error) as { code?: string; message?: string }
  if (code === didNotRun) return undefined
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
