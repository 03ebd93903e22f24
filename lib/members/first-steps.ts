import { findStepsDone, type StepsDone } from '@/db/queries/first-steps'
import { hasRole, type Context, type MemberActor } from '@/lib/context'

/** What has been done in a project at least once. */
export type FirstSteps = StepsDone

/** Who makes the sample project and its key. */
export const sampleMaker = 'demo'

/**
 * Which of a project's first steps are done, an open invitation and a revoked key included; the key that came with the
 * sample project is not one that anybody made. Null for whoever could not take these steps, and in an archived project.
 */
export async function readFirstSteps(ctx: Context<MemberActor>): Promise<FirstSteps | null> {
  if (!hasRole(ctx.actor.role, 'admin')) return null
  return findStepsDone(ctx.db, ctx.project.id, sampleMaker)
}
