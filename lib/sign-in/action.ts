import { headers } from 'next/headers'
import { z } from 'zod'
import type { Context, MemberActor } from '@/lib/context'
import { settings } from '@/lib/env'
import { AppError, notFound } from '@/lib/errors'
import { requireNeed } from '@/lib/need'
import type { Definition, Verb } from '@/lib/verb'
import { noteBegun } from '@/lib/http/caller'
import { drainAfterAnswer } from '@/lib/process/drain'
import { readInput } from '@/lib/http/input'
import { logError } from '@/lib/process/log'
import { requireOwnOrigin } from '@/lib/http/own-origin'
import { toAppError, toProblem, type Problem } from '@/lib/http/problem'
import { findMemberContext, pageOrigin } from './session'

const Slug = z.string().max(200)

export type ActionResult<R> = { ok: true; value: R } | { ok: false; problem: Problem }

type Given<D, K extends string> = D extends { [key in K]: infer S extends z.ZodType } ? z.input<S> : unknown
/** What the browser sends: the parts of the verb's path, and its body. */
type Sent<D> = Given<D, 'path'> & Given<D, 'input'>
/** What an action hands a verb beside its input, which takes of it what it needs. */
type Beside = { outboundAllow: readonly string[]; createProjects: boolean }

/**
 * Makes a server action of a verb: signs the person in for this project, checks the verb's right, validates its
 * input, and answers a problem instead of throwing. It acts for our own pages alone, by the Origin.
 */
export function memberAction<D extends Definition, R, M extends [] | [Partial<Beside>]>(
  verb: Verb<D, R, M>,
): (projectSlug: string, input: Sent<D>) => Promise<ActionResult<R>>
/**
 * The same where a page sends something else, or wants another answer.
 * @param input what the browser may send
 */
export function memberAction<D extends Definition, S extends z.ZodType, T>(
  verb: { def: D },
  input: S,
  act: (ctx: Context<MemberActor>, input: z.output<S>) => Promise<T>,
): (projectSlug: string, input: z.input<S>) => Promise<ActionResult<T>>
export function memberAction(
  verb: { def: Definition },
  schema: z.ZodType = inputOf(verb.def),
  act = (ctx: Context<MemberActor>, input: unknown): Promise<unknown> =>
    (verb as unknown as Act)(ctx, input, settings()),
): (projectSlug: string, input: unknown) => Promise<ActionResult<unknown>> {
  return async (projectSlug, input) => {
    noteBegun()
    const origin = await pageOrigin()
    try {
      requireOwnOrigin(await headers(), settings().appUrl)
      const { need, proves = false, judgesItself = false } = verb.def
      const slug = readInput(Slug, projectSlug)
      const ctx = await findMemberContext(slug, origin, proves && judgesItself)
      if (ctx === 'signed_out')
        throw new AppError('unauthenticated', 'You are signed out; sign in and try again.')
      if (ctx === 'not_found') throw notFound()
      if (!judgesItself) requireNeed(ctx, need)
      const value = await act(ctx, readInput(schema, input))
      await drainAfterAnswer()
      return { ok: true, value }
    } catch (error) {
      const known = toAppError(error)
      if (known.status >= 500) logError('action', origin.requestId, error)
      return { ok: false, problem: toProblem(known, origin.requestId) }
    }
  }
}

type Act = (ctx: Context, input: unknown, beside: Beside) => Promise<unknown>

/** The parts of a verb's path and its body, as one object. */
function inputOf({ path, input }: Definition): z.ZodType {
  if (input === undefined || 'media' in input) return path ?? z.strictObject({})
  return path ? (input as z.ZodObject).extend(path.shape) : input
}
