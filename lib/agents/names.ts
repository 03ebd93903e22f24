import { listAgentNames } from '@/db/queries/agents'
import type { Context } from '@/lib/context'
import { requireNeed } from '@/lib/need'
import { policyReader } from './schemas'

/**
 * Names of the project's agents, for filters to offer.
 * @throws AppError `forbidden`
 */
export function readAgentNames(ctx: Context): Promise<string[]> {
  requireNeed(ctx, policyReader)
  return listAgentNames(ctx.db, ctx.project.id)
}
