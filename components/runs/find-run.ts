import { notFound } from 'next/navigation'
import { z } from 'zod'
import { hasRole, type Context, type MemberActor } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { callerIdPattern } from '@/lib/ids'
import { readRun } from '@/lib/runs/read'
import type { RunWithSteps } from '@/lib/runs/schemas'

/** What the address of a run's page is made of. */
export const RunAddress = z.object({ project: z.string(), run: z.string().regex(callerIdPattern) })

/** The run that a page's address names by id or external id; unknown ones are a page not found. */
export async function findRunPage(ctx: Context, name: string): Promise<RunWithSteps> {
  try {
    return await readRun(ctx, name)
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') notFound()
    throw error
  }
}

export function canDecideIn(ctx: Context<MemberActor>): boolean {
  return hasRole(ctx.actor.role, 'reviewer')
}
