import { sql } from 'drizzle-orm'
import type { Database, Transaction } from '@/db/client'
import { members, projects } from '@/db/schema/identity'
import { recordAudit, type Recorder } from '@/lib/audit/record'
import type { Actor, Project } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { newId } from '@/lib/ids'
import { projectOf } from './wire'
import { slugsFor } from './project-slug'

/** What a new project is called, and its address where that is not to come from the name. */
type NewProject = { name: string; slug?: string | undefined }

/**
 * Makes a project without members; its slug comes from its name and is unique, also among several made at
 * once.
 * @param input.name as `NameText`
 * @param actor who makes it, for the record
 */
export async function createProject(db: Database, input: { name: string }, actor: Actor): Promise<Project> {
  return db.transaction(async (tx) => projectOf(await insertProject(tx, input, { actor })))
}

/**
 * The same within a transaction.
 * @param by who makes it and by which request, for the record
 * @throws AppError `conflict` where the slug that is asked for is another project's
 */
async function insertProject(
  tx: Transaction,
  { name, slug: wanted }: NewProject,
  by: Pick<Recorder, 'actor' | 'origin'>,
): Promise<typeof projects.$inferSelect> {
  for (const slug of wanted === undefined ? slugsFor(name) : [wanted]) {
    const [project] = await tx
      .insert(projects)
      .values({ id: newId('project'), slug, name })
      .onConflictDoNothing({ target: projects.slug })
      .returning()
    if (!project) continue
    await recordAudit(
      tx,
      { project, ...by },
      {
        action: 'project.created',
        target: { type: 'project', id: project.id, label: project.name },
        detail: { name: project.name, slug: project.slug },
      },
    )
    return project
  }
  const detail = 'This address is taken; choose another.'
  throw new AppError('conflict', detail, { errors: [{ pointer: '/slug', detail }] })
}

/**
 * The same with its first member, who owns it.
 * @throws AppError `conflict` where the slug that is asked for is another project's
 */
export async function insertOwnedProject(
  tx: Transaction,
  input: NewProject,
  owner: { id: string; email: string },
  by: Pick<Recorder, 'actor' | 'origin'>,
): Promise<typeof projects.$inferSelect> {
  const project = await insertProject(tx, input, by)
  await tx
    .insert(members)
    .values({ projectId: project.id, userId: owner.id, role: 'owner', joinedAt: sql`clock_timestamp()` })
  await recordAudit(
    tx,
    { project, ...by },
    {
      action: 'member.joined',
      target: { type: 'member', id: owner.id, label: owner.email },
      detail: { email: owner.email, role: 'owner' },
    },
  )
  return project
}
