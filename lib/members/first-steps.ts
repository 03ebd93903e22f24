import { findFirstSteps } from '@/db/queries/first-steps'
import { hasRole, type Context, type MemberActor } from '@/lib/context'

/** What has been done in a project at least once. */
export type FirstSteps = Record<'key' | 'policy' | 'request' | 'decision' | 'person' | 'webhook', boolean>

/** Which of a project's first steps are done; null for whoever could not take them, and once all are. */
export async function readFirstSteps(ctx: Context<MemberActor>): Promise<FirstSteps | null> {
  if (!hasRole(ctx.actor.role, 'admin')) return null
  const steps = await findFirstSteps(ctx.db, ctx.project.id)
  return steps === undefined || Object.values(steps).every(Boolean) ? null : steps
}
