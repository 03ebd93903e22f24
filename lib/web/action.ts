import type { z } from 'zod'
import { requireRole, type Context, type MemberActor, type Role } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { notFound } from '@/lib/runs/in-run'
import { drainAfterAnswer } from './drain'
import { inputError } from './input'
import { logError } from './log'
import { toAppError, toProblem, type Problem } from './problem'
import { findMemberContext, pageOrigin } from './session'

export type ActionResult<R> = { ok: true; value: R } | { ok: false; problem: Problem }

/**
 * Makes a server action of a verb: signs the person in for this project, checks the role, validates the
 * input, and answers a problem instead of throwing. Next compares Origin and Host before it runs.
 * @param options `role` the least that may act; `input` what the browser may send
 */
export function memberAction<S extends z.ZodType, R>(
  options: { role: Role; input: S },
  act: (ctx: Context<MemberActor>, input: z.output<S>) => Promise<R>,
): (projectSlug: string, input: z.input<S>) => Promise<ActionResult<R>> {
  return async (projectSlug, input) => {
    const origin = await pageOrigin()
    try {
      const ctx = await findMemberContext(String(projectSlug), origin)
      if (ctx === 'signed_out')
        throw new AppError('unauthenticated', 'You are signed out; sign in and try again.')
      if (ctx === 'not_found') throw notFound()
      requireRole(ctx, options.role)
      const parsed = options.input.safeParse(input)
      if (!parsed.success) throw inputError(parsed.error)
      const value = await act(ctx, parsed.data)
      await drainAfterAnswer()
      return { ok: true, value }
    } catch (error) {
      const known = toAppError(error)
      if (known.status >= 500) logError('action', origin.requestId, error)
      return { ok: false, problem: toProblem(known, origin.requestId) }
    }
  }
}
