import { unstable_rethrow } from 'next/navigation'
import type { Origin } from '@/lib/context'
import { drainAfterAnswer } from './drain'
import { logError } from './log'
import { toAppError, toProblem, type Problem } from './problem'
import { pageOrigin } from './session'

/**
 * What a form of the pages outside a project shows after it was sent: nothing yet, done, or what was wrong.
 */
export type FormState = { isDone: boolean; problem: Problem | null }

/**
 * Runs what a form asks for and answers what was wrong instead of throwing; a redirect passes.
 */
export async function formResult(work: (origin: Origin) => Promise<void>): Promise<FormState> {
  const origin = await pageOrigin()
  try {
    await work(origin)
    await drainAfterAnswer()
    return { isDone: true, problem: null }
  } catch (error) {
    unstable_rethrow(error)
    const known = toAppError(error)
    if (known.status >= 500) logError('form', origin.requestId, error)
    return { isDone: false, problem: toProblem(known, origin.requestId) }
  }
}
