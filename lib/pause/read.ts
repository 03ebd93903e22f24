import { listPauses } from '@/db/queries/pauses'
import type { Context } from '@/lib/context'
import { requireNeed } from '@/lib/need'
import type { Paused } from './schemas'
import { flagsToWire } from './wire'

/** What of a project is paused, each with who did it, when and why; an agent is null for the project itself. */
export type Pauses = { agent: string | null; paused: NonNullable<Paused> }[]

/** @throws AppError `forbidden` */
export async function readPauses(ctx: Context): Promise<Pauses> {
  requireNeed(ctx, 'viewer')
  const { project, agents } = await listPauses(ctx.db, ctx.project.id)
  const all = [...(project ? [{ name: null, ...project }] : []), ...agents]
  return all.flatMap(({ name, ...flags }) => {
    const paused = flagsToWire(flags)
    return paused ? [{ agent: name, paused }] : []
  })
}
