import { heed, put, questionOf, take, type Asked, type Heard, type RunContext, type Take } from './call.ts'
import { ToolError } from './errors.ts'
import type { Ids, Work } from './life.ts'
import type { Execute, GateOptions, Outcome } from './outcome.ts'
import { didNotRunResult, earlierOutcome, ran, releasedCall, report, type Result } from './result.ts'
import type { Approval } from './approval.ts'
import { within, type Signals } from './wait.ts'

/** Waits until there may be news of a call that is held, and asks. */
export type Hold = (run: RunContext, asked: Asked, signals: Signals) => Promise<Asked>

/** Asks again and has the answer held. */
export const holdAlone: Hold = (run, { question }, signals) =>
  put(run, question, { taker: run.life.ids, waits: true, signals })

type Ended<T, P> = Extract<Outcome<T, P>, { replayed: boolean }>
type Done<T, P> = { outcome: Ended<T, P>; toolCallId: string; result: Result }

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
  hold: Hold = holdAlone,
  first?: Heard,
): Promise<Outcome<T, P>> {
  const question = first?.question ?? (await questionOf(tool, params, options))
  const { life, record } = run
  const how = { taker: life.ids, signals: run.endings(options.signal) }
  const key = `${record.id} ${question.digest} ${question.callId}`
  const work = life.enter<Done<T, P>>(key)
  try {
    let mine: Asked | undefined
    if (!work.outcome) {
      const asked = first ? await heed(run, first, how) : await put(run, question, how)
      const end = await follow(run, asked, options, hold, how)
      if ('kind' in end) return end
      // else who is at it in this process too takes what was granted
      if (work.count > 1) for (const signal of how.signals) signal?.throwIfAborted()
      if (!life.begin(`${record.id} ${end.toolCallId}`, work)) {
        return (
          (await earlierOutcome(run, end, options)) ?? gate(run, tool, question.params as P, execute, options)
        )
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
  how: Take & { taker: Ids },
): Promise<Asked | Outcome<T, P>> {
  const { signals, taker } = how
  let held: string | undefined
  for (let asked = first; ;) {
    if (asked.isGranted) return asked
    for (const signal of signals) signal?.throwIfAborted()
    const { callId, message } = asked
    switch (asked.action) {
      case 'wait': {
        const { approval } = asked
        if (options.mode === 'park') return { kind: 'parked', approval, resumeWith: { run: run.id, callId } }
        if (held !== approval.id) run.say({ type: 'held', callId, approval })
        held = approval.id
        asked = await hold(run, asked, signals).catch(async (error: unknown) => {
          if (options.withdrawOnAbort && signals.some((signal) => signal?.aborted))
            await withdraw(run, approval)
          throw error
        })
        break
      }
      case 'execute':
        asked = await take(run, asked, taker)
        break
      case 'done': {
        const outcome = await earlierOutcome(run, asked, options)
        if (outcome) return outcome
        asked = await heed(run, { ...asked, action: 'ask_again' } as Heard, how)
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
  const signals = [AbortSignal.timeout(10_000)]
  const request = { path: `/approvals/${id}/cancel`, body: '{}', signals, read: () => true }
  await run.http.send(request).catch(() => undefined)
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
    try {
      await report(run, toolCallId, result)
      work.isUntold = false
    } catch (error) {
      run.say({ type: 'unreported', callId: options.callId, error })
    }
  }
  return isOurs ? outcome : { ...outcome, replayed: true }
}

/** Runs the tool, or says that it did not where that was called off meanwhile. */
async function runTool<T, P>(
  run: RunContext,
  asked: Asked,
  execute: Execute<T, P>,
  options: GateOptions<T, P>,
): Promise<Done<T, P>> {
  const { toolCallId } = asked
  const call = releasedCall<P>(run, asked, options.signal)
  if (call.signal.aborted) {
    await report(run, toolCallId, didNotRunResult, [AbortSignal.timeout(10_000)]).catch(() => undefined)
    throw call.signal.reason
  }
  try {
    if (asked.edited) await options.onEdit?.(asked.approval as Approval)
    const output = await execute(call.params, call)
    return { toolCallId, result: { status: 'succeeded', output }, outcome: ran(asked, output, false) }
  } catch (cause) {
    const { name = 'Error', message = String(cause) } = Object(cause) as Partial<Error>
    const error = new ToolError(message, { cause })
    const outcome: Ended<T, P> = { kind: 'failed', error, replayed: false }
    return { toolCallId, result: { status: 'failed', error: { name, message } }, outcome }
  }
}
