import { AppError } from '@/lib/errors'
import type { GateResult } from '@/lib/policy/gate'
import { visible } from '@/lib/untrusted/visible'

/** Why a call is not asked for that its policy wants to be told the reason of; undefined where it is. */
export function refuseUnjustified(judged: GateResult, description: string | undefined): AppError | undefined {
  if (judged.action !== 'ask' || judged.terms?.justification !== 'required') return undefined
  if (description && visible(description)) return undefined
  const detail = 'The policy demands to know why: send `description`, in the agent’s own words.'
  return new AppError('justification_required', detail, { errors: [{ pointer: '/description', detail }] })
}
