import { listLastActive } from '@/db/queries/last-active'
import { hasRole, type Context, type MemberActor } from '@/lib/context'

/** When each member was last active in the project, by id; for owners, who remove those that are not. */
export async function readLastActive(
  ctx: Context<MemberActor>,
  ids: string[],
): Promise<Record<string, string>> {
  if (!hasRole(ctx.actor.role, 'owner')) return {}
  const found = await listLastActive(ctx.db, ctx.project.id, ids)
  return Object.fromEntries([...found].map(([id, at]) => [id, at.toISOString()]))
}
