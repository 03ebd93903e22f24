import { listPauses } from '@/db/queries/pauses'
import { archivedToWire } from '@/lib/archive/wire'
import type { Context } from '@/lib/context'
import type { ProjectDetails } from '@/lib/members/schemas'
import { requireNeed } from '@/lib/need'
import type { Paused } from './schemas'
import { flagsToWire } from './wire'

/** What of a project is paused, each with who did it, when and why; an agent is null for the project itself. */
export type Pauses = { agent: string | null; paused: NonNullable<Paused> }[]

/**
 * What is paused, and whether the project is archived.
 * @throws AppError `forbidden`
 */
export async function readPauses(
  ctx: Context,
): Promise<{ pauses: Pauses; archived: ProjectDetails['archived'] }> {
  requireNeed(ctx, 'viewer')
  const { project, agents } = await listPauses(ctx.db, ctx.project.id)
  const all = [...(project ? [{ name: null, ...project }] : []), ...agents]
  const pauses = all.flatMap(({ name, ...flags }) => {
    const paused = flagsToWire(flags)
    return paused ? [{ agent: name, paused }] : []
  })
  return { pauses, archived: project ? archivedToWire(project) : null }
}
