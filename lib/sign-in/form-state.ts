import { headers } from 'next/headers'
import { unstable_rethrow } from 'next/navigation'
import type { Origin } from '@/lib/context'
import { settings } from '@/lib/env'
import { countAttempt } from '@/lib/http/address-limit'
import { countedAddress, noteBegun } from '@/lib/http/caller'
import { drainAfterAnswer } from '@/lib/process/drain'
import { logError } from '@/lib/process/log'
import { requireOwnOrigin } from '@/lib/http/own-origin'
import { toAppError, toProblem, type Problem } from '@/lib/http/problem'
import { pageOrigin } from './session'

/**
 * What a form of the pages outside a project shows after it was sent: nothing yet, done, or what was wrong.
 */
export type FormState = { isDone: boolean; problem: Problem | null }

/**
 * Runs what a form of our own pages asks for and answers what was wrong instead of throwing; a redirect passes.
 * These forms are open to strangers, so each try is counted by its address.
 */
export async function formResult(work: (origin: Origin) => Promise<void>): Promise<FormState> {
  noteBegun()
  const origin = await pageOrigin()
  try {
    const { appUrl, rateLimitPerMinute } = settings()
    requireOwnOrigin(await headers(), appUrl)
    countAttempt('sign-in', countedAddress(origin.address), rateLimitPerMinute, performance.now())
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
