import { findProject, listMembers } from '@/db/queries/members'
import { requireRole, type Context } from '@/lib/context'
import { AppError } from '@/lib/errors'
import type { Member, ProjectDetails } from './schemas'
import { memberToWire, projectToWire } from './wire'

/**
 * A page of the project's members, invited ones included.
 * @throws AppError `forbidden` for agent keys, `invalid_cursor`
 */
export async function readMembers(
  ctx: Context,
  page: { limit: number; cursor?: string | undefined },
): Promise<{ items: Member[]; next_cursor: string | null }> {
  requireRole(ctx, 'viewer')
  const { items, nextCursor } = await listMembers(ctx.db, ctx.project.id, page)
  return { items: items.map(memberToWire), next_cursor: nextCursor }
}

/**
 * The project with its settings.
 * @throws AppError `forbidden` for agent keys
 */
export async function readProject(ctx: Context): Promise<ProjectDetails> {
  requireRole(ctx, 'viewer')
  const project = await findProject(ctx.db, ctx.project.id)
  if (!project) throw new AppError('not_found', 'There is no such project.')
  return projectToWire(project)
}
