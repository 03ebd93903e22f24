import { headers } from 'next/headers'
import { z } from 'zod'
import { requireRole, type Context, type MemberActor, type Role } from '@/lib/context'
import { settings } from '@/lib/env'
import { AppError, notFound } from '@/lib/errors'
import { noteBegun } from '@/lib/http/caller'
import { drainAfterAnswer } from '@/lib/process/drain'
import { readInput } from '@/lib/http/input'
import { logError } from '@/lib/process/log'
import { requireOwnOrigin } from '@/lib/http/own-origin'
import { toAppError, toProblem, type Problem } from '@/lib/http/problem'
import { findMemberContext, pageOrigin } from './session'

const Slug = z.string().max(200)

export type ActionResult<R> = { ok: true; value: R } | { ok: false; problem: Problem }

/**
 * Makes a server action of a verb: signs the person in for this project, checks the role, validates the
 * input, and answers a problem instead of throwing. It acts for our own pages alone, by the Origin.
 * @param options `role` the least that may act; `input` what the browser may send
 */
export function memberAction<S extends z.ZodType, R>(
  options: { role: Role; input: S },
  act: (ctx: Context<MemberActor>, input: z.output<S>) => Promise<R>,
): (projectSlug: string, input: z.input<S>) => Promise<ActionResult<R>> {
  return async (projectSlug, input) => {
    noteBegun()
    const origin = await pageOrigin()
    try {
      requireOwnOrigin(await headers(), settings().appUrl)
      const ctx = await findMemberContext(readInput(Slug, projectSlug), origin)
      if (ctx === 'signed_out')
        throw new AppError('unauthenticated', 'You are signed out; sign in and try again.')
      if (ctx === 'not_found') throw notFound()
      requireRole(ctx, options.role)
      const value = await act(ctx, readInput(options.input, input))
      await drainAfterAnswer()
      return { ok: true, value }
    } catch (error) {
      const known = toAppError(error)
      if (known.status >= 500) logError('action', origin.requestId, error)
      return { ok: false, problem: toProblem(known, origin.requestId) }
    }
  }
}
