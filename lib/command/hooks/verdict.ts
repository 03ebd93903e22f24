import { put, questionOf, take, type Asked } from '@/lib/client/call'
import { holdAlone, withdraw } from '@/lib/client/gate'
import { isObject } from '@/lib/client/json'
import { Problem } from '@/lib/client/errors'
import type { Run } from '@/lib/client/run'
import type { Before, Result, Verdict } from '@/lib/hooks/dialects/dialect'

/** As much of an earlier result as a model is told in the reason of a refusal. */
const mostOutput = 8000

type About = Pick<Before, 'tool' | 'params'> & { callId: string; metadata: Record<string, string> }

/**
 * What becomes of a call: asks, and waits for a person; what may run is taken, so that it is let through once.
 * @param late ends the wait for a person; the question is then withdrawn, for the answer is no
 * @param signal ends it, too, and the question stays
 * @throws Refused where the run is over; Unavailable, Problem; the reason of the signal
 */
export async function verdictOf(
  run: Run,
  { tool, params, callId, metadata }: About,
  { isParking, late, signal }: { isParking: boolean; late: AbortSignal; signal: AbortSignal },
): Promise<Verdict> {
  const { ids: taker } = run.life
  const signals = run.endings(signal)
  let asked = await put(run, await questionOf(tool, params, { callId, metadata }), { taker, signals })
  for (;;) {
    if (asked.isGranted) break
    if (asked.action === 'execute') asked = await take(run, asked, taker)
    else if (asked.action !== 'wait') break
    else if (isParking) return { kind: 'parked', message: `${asked.message} ${asked.approval.url}` }
    else {
      const { approval } = asked
      asked = await holdAlone(run, asked, [...signals, late]).catch(async (error: unknown) => {
        if (late.aborted) await withdraw(run, approval)
        throw error
      })
    }
  }
  if (!asked.isGranted) return { kind: 'refused', message: wordsOf(asked), isOver: false }
  if (!asked.approval) return { kind: 'free' }
  return { kind: 'approved', message: asked.message, params: asked.edited ? asked.params : undefined }
}

function wordsOf({ message, recorded }: Asked): string {
  if (recorded?.status !== 'succeeded') return message
  return `${message} It gave back: ${JSON.stringify(recorded.output).slice(0, mostOutput)}`
}

/** How often a call may have been asked for again, each time under the next id. */
const mostAttempts = 5

/**
 * Records what came of a call that was let through. Nothing is told of one that was not, or whose result is known.
 * @throws Unavailable, Problem
 */
export async function tell(run: Run, callId: string, result: Result): Promise<void> {
  for (let attempt = 1; attempt <= mostAttempts; attempt++) {
    const id = attempt === 1 ? callId : `${callId}.${attempt}`
    const status = await statusOf(run, id)
    if (status === undefined || status === 'succeeded' || status === 'failed') return
    if (status === 'running') return run.report(id, result)
  }
}

async function statusOf(run: Run, id: string): Promise<string | undefined> {
  const path = `/runs/${run.record.id}/tool-calls/${encodeURIComponent(id)}`
  try {
    return await run.http.send({
      method: 'GET',
      path,
      read: ({ body }) => (isObject(body) && body.tool_call_id === id ? String(body.status) : undefined),
    })
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return undefined
    throw error
  }
}
