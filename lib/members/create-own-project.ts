import { and, count, eq } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { members, users } from '@/db/schema/identity'
import { AppError } from '@/lib/errors'
import { change } from '@/lib/verb'
import { insertOwnedProject } from './create-project'
import { CreateProjectInput, ProjectDetails } from './schemas'
import { projectToWire } from './wire'

/** How many projects a person may own and still make another. */
export const mostOwned = 50

/** What the operator allows. */
type Allowed = { createProjects: boolean }

/**
 * Makes a project that whoever asks for it owns. Who runs a project may make another; the operator may keep that to
 * the server's terminal. The new project's log begins with it; the project that it was asked from has no part in it.
 * @throws AppError `forbidden` below admin, and for everybody where the operator says so; `conflict` where the slug
 * that is asked for is taken, whoever has it; `too_many_projects` for who owns 50
 */
export const createOwnProject = change(
  {
    summary: 'Make a project of one’s own',
    need: 'admin',
    input: CreateProjectInput,
    output: ProjectDetails,
    status: 201,
    refuses: ['conflict', 'too_many_projects'],
  },
  async (tx, { actor, origin }, input, { createProjects }: Allowed) => {
    if (!createProjects)
      throw new AppError(
        'forbidden',
        'Projects are made by the operator of this server, with `npm run admin -- project create NAME` (CREATE_PROJECTS=0).',
      )
    await requireRoomForProject(tx, actor.id)
    // In the new project they are its owner, whatever they are where they asked.
    const project = await insertOwnedProject(tx, input, actor, { actor: { ...actor, role: 'owner' }, origin })
    return projectToWire(project)
  },
)

/** The person's row is locked, so that several at once are counted one after the other. */
async function requireRoomForProject(tx: Transaction, userId: string): Promise<void> {
  await tx.select({ id: users.id }).from(users).where(eq(users.id, userId)).for('no key update')
  const [owned] = await tx
    .select({ count: count() })
    .from(members)
    .where(and(eq(members.userId, userId), eq(members.role, 'owner')))
  if ((owned?.count ?? 0) >= mostOwned)
    throw new AppError('too_many_projects', `You own ${mostOwned} projects, and nobody makes more than that.`)
}
