import { heed, put, questionOf, take, type Asked, type Heard, type RunContext } from './call.ts'
import { ToolError } from './errors.ts'
import type { Ids, Work } from './life.ts'
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
import type { Approval } from './approval.ts'
import { pause, within, type Signals } from './wait.ts'

/** Waits until there may be news of a call that is held, and asks. */
export type Hold = (run: RunContext, asked: Asked, signals: Signals) => Promise<Asked>

export const holdSeconds = 50

/**
 * Asks again and has the answer held.
 * @param taker who takes the call with the answer that frees it
 */
export function holder(taker?: Ids): Hold {
  let wait = holdSeconds
  return async (run, { question }, signals) => {
    const begun = performance.now()
    const how = { taker, wait, signals }
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
  hold: Hold = holder(run.life.ids),
  first?: Heard,
): Promise<Outcome<T, P>> {
  const question = first?.question ?? (await questionOf(tool, params, options))
  const signals = run.endings(options.signal)
  const { life, record } = run
  const key = `${record.id} ${question.digest} ${question.callId}`
  const work = life.enter<Done<T, P>>(key)
  try {
    let mine: Asked | undefined
    if (!work.outcome) {
      const how = { taker: life.ids, signals }
      const asked = first ? await heed(run, first, how) : await put(run, question, how)
      const end = await follow(run, asked, options, hold)
      if ('kind' in end) return end
      if (!life.begin(`${record.id} ${end.toolCallId}`, work)) {
        return (await earlierOutcome(run, end, options)) ?? gate(run, tool, params, execute, options)
      }
      mine = end
    }
    return await perform(run, work, mine, execute, options)
  } finally {
    life.leave(key, work)
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
  const { ids: taker } = run.life
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
        asked = await take(run, asked, taker)
        break
      case 'done': {
        const outcome = await earlierOutcome(run, asked, options)
        if (outcome) return outcome
        asked = await heed(run, { ...asked, action: 'ask_again' } as Heard, { taker, signals })
        break
      }
      case 'continue': {
        const { approval } = asked
        return { kind: 'rejected', status: approval.status as 'rejected' | 'expired', message, approval }
      }
    }
  }
}

/** Takes a request back, as far as that can still be done. */
export async function withdraw(run: RunContext, { id }: Approval): Promise<void> {
  const path = `/approvals/${id}/cancel`
  await run.http
    .send({ method: 'POST', path, signals: [AbortSignal.timeout(10_000)], read: () => true })
    .catch(() => undefined)
}

/** @param asked the grant; undefined where this process is at the call already */
async function perform<T, P>(
  run: RunContext,
  work: Work<Done<T, P>>,
  asked: Asked | undefined,
  execute: Execute<T, P>,
  options: GateOptions<T, P>,
): Promise<Outcome<T, P>> {
  const isOurs = !work.outcome
  const running = (work.outcome ??= runTool(run, asked as Asked, execute, options))
  const done = isOurs ? running : within(Infinity, run.endings(options.signal), () => running)
  const { outcome, toolCallId, result } = await done
  if (isOurs || work.isUntold) {
    work.isUntold = true
    await report(run, toolCallId, result).then(
      () => (work.isUntold = false),
      (error: unknown) => {
        if (isRecorded(error)) work.isUntold = false
        else run.say({ type: 'unreported', callId: options.callId, error })
      },
    )
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
    await report(run, toolCallId, didNotRunResult, [AbortSignal.timeout(10_000)]).catch(() => undefined)
    throw ended.reason
  }
  const call = releasedCall<P>(run, asked, options.signal)
  try {
    if (asked.edited) await options.onEdit?.(asked.approval as Approval)
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
