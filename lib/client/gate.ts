import { again, put, questionOf, take, type Asked, type RunContext } from './call.ts'
import { Refused, ToolError } from './errors.ts'
import type { Once } from './life.ts'
import type { Execute, GateOptions, Outcome } from './outcome.ts'
import {
  didNotRunResult,
  earlierOutcome,
  isRecorded,
  ran,
  releasedCall,
  report,
  type Result,
} from './result.ts'
import type { Approval } from './types.ts'
import { pause, type Signals } from './wait.ts'

/** Waits until there may be news of a call that is held, and asks. */
export type Hold = (run: RunContext, asked: Asked, signals: Signals) => Promise<Asked>

export const holdSeconds = 50

/**
 * Asks again and has the answer held.
 * @param shallTake whether the answer that frees the call takes it at once
 */
export function holder(shallTake: boolean): Hold {
  let wait = holdSeconds
  return async (run, { question }, signals) => {
    const begun = performance.now()
    const how = { take: shallTake, wait, signals }
    const next = await put(run, question, how)
    wait = how.wait
    if (next.action === 'wait') await pause(begun, wait, signals)
    return next
  }
}

type Done<T, P> = { outcome: Outcome<T, P>; toolCallId: string; result: Result }

/**
 * Asks, waits for the decision, runs the tool if it may, and records what came of it; see `Run.gate`.
 * @param first what was answered already, to an ask that took nothing
 */
export async function gate<T, P>(
  run: RunContext,
  tool: string,
  params: P,
  execute: Execute<T, P>,
  options: GateOptions<T, P>,
  hold: Hold = holder(true),
  first?: Asked,
): Promise<Outcome<T, P>> {
  const question = first?.question ?? (await questionOf(tool, params, options))
  const signals = run.endings(options.signal)
  const once = run.life.enter<Done<T, P>>(`${run.record.id} ${question.digest} ${question.callId}`)
  try {
    let mine: Asked | undefined
    if (!once.isBegun()) {
      const asked = first ?? (await put(run, question, { take: true, signals }))
      const end = await follow(run, asked, options, hold)
      if ('kind' in end) return end
      if (!once.begin(`${run.record.id} ${end.toolCallId}`)) {
        return (await earlierOutcome(run, end, options)) ?? gate(run, tool, params, execute, options)
      }
      mine = end
    }
    return await perform(run, once, mine, execute, options)
  } finally {
    once.leave()
  }
}

/** Until the call is granted to this process, or it is known what became of it. */
async function follow<T, P>(
  run: RunContext,
  first: Asked,
  options: GateOptions<T, P>,
  hold: Hold,
): Promise<Asked | Outcome<T, P>> {
  const signals = run.endings(options.signal)
  const askAgain = (asked: Asked) => {
    run.say({ type: 'asking_again', callId: asked.callId, message: asked.message })
    return put(run, again(asked), { take: true, signals })
  }
  let held: Approval | undefined
  for (let asked = first; ;) {
    if (asked.isGranted) return asked
    for (const signal of signals) signal?.throwIfAborted()
    const { callId, message } = asked
    switch (asked.action) {
      case 'wait':
        if (options.mode === 'park') {
          return { kind: 'parked', approval: asked.approval, resumeWith: { run: run.id, callId } }
        }
        if (held?.id !== asked.approval.id) run.say({ type: 'held', callId, approval: asked.approval })
        held = asked.approval
        try {
          asked = await hold(run, asked, signals)
        } catch (error) {
          if (options.withdrawOnAbort && signals.some((signal) => signal?.aborted)) await withdraw(run, held)
          throw error
        }
        break
      case 'execute':
        asked = await take(run, asked)
        break
      case 'done': {
        const outcome = await earlierOutcome(run, asked, options)
        if (outcome) return outcome
        asked = await askAgain(asked)
        break
      }
      case 'ask_again':
        asked = await askAgain(asked)
        break
      case 'continue': {
        const { approval } = asked
        return { kind: 'rejected', status: approval.status as 'rejected' | 'expired', message, approval }
      }
      case 'stop':
        throw run.end(new Refused(message, { approval: asked.approval }))
    }
  }
}

/** Takes a request back, as far as that can still be done. */
async function withdraw(run: RunContext, { id }: Approval): Promise<void> {
  const path = `/approvals/${id}/cancel`
  await run.http
    .send({ method: 'POST', path, signals: [AbortSignal.timeout(10_000)], read: () => true })
    .catch(() => undefined)
}

/** @param asked the grant; undefined where this process is at the call already */
async function perform<T, P>(
  run: RunContext,
  once: Once<Done<T, P>>,
  asked: Asked | undefined,
  execute: Execute<T, P>,
  options: GateOptions<T, P>,
): Promise<Outcome<T, P>> {
  const signals = run.endings(options.signal)
  let isOurs = false
  const { outcome, toolCallId, result } = await once.run(signals, () => {
    isOurs = true
    return runTool(run, asked as Asked, execute, options)
  })
  if (once.isUntold()) {
    try {
      await report(run, toolCallId, result)
      once.told()
    } catch (error) {
      if (isRecorded(error)) once.told()
      else run.say({ type: 'unreported', callId: options.callId, error })
    }
  }
  return isOurs || !('replayed' in outcome) ? outcome : { ...outcome, replayed: true }
}

/** Runs the tool, or says that it did not where that was called off meanwhile. */
async function runTool<T, P>(
  run: RunContext,
  asked: Asked,
  execute: Execute<T, P>,
  options: GateOptions<T, P>,
): Promise<Done<T, P>> {
  const { toolCallId } = asked
  const ended = run.endings(options.signal).find((signal) => signal?.aborted)
  if (ended) {
    const result = didNotRunResult('It was called off before it ran.')
    await report(run, toolCallId, result, [AbortSignal.timeout(10_000)]).catch(() => undefined)
    throw ended.reason
  }
  const call = releasedCall<P>(run, asked, options.signal)
  try {
    const output = await execute(call.params, call)
    return { toolCallId, result: { status: 'succeeded', output }, outcome: ran(asked, output, false) }
  } catch (cause) {
    const { name, message } = cause instanceof Error ? cause : { name: 'Error', message: String(cause) }
    const outcome: Outcome<T, P> = {
      kind: 'failed',
      error: new ToolError(message, { cause }),
      replayed: false,
    }
    return { toolCallId, result: { status: 'failed', error: { name, message } }, outcome }
  }
}
