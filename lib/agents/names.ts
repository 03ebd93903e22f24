import { listAgentNames } from '@/db/queries/agents'
import { requireReader, type Context } from '@/lib/context'

/**
 * Names of the project's agents, for filters to offer.
 * @throws AppError `forbidden`
 */
export function readAgentNames(ctx: Context): Promise<string[]> {
  requireReader(ctx)
  return listAgentNames(ctx.db, ctx.project.id)
}
