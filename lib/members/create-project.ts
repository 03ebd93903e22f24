import type { Database, Transaction } from '@/db/client'
import { projects } from '@/db/schema/identity'
import { recordAudit } from '@/lib/audit/record'
import type { Actor, Project } from '@/lib/context'
import { newId } from '@/lib/ids'
import { projectOf } from './wire'
import { slugsFor } from './project-slug'

/**
 * Makes a project without members; its slug comes from its name and is unique, also among several made at
 * once.
 * @param input.name as `NameText`
 * @param actor who makes it, for the record
 */
export async function createProject(db: Database, input: { name: string }, actor: Actor): Promise<Project> {
  return db.transaction((tx) => insertProject(tx, input.name, actor))
}

/** The same within a transaction. */
export async function insertProject(tx: Transaction, name: string, actor: Actor): Promise<Project> {
  for (const slug of slugsFor(name)) {
    const [made] = await tx
      .insert(projects)
      .values({ id: newId('project'), slug, name })
      .onConflictDoNothing({ target: projects.slug })
      .returning()
    if (!made) continue
    const project = projectOf(made)
    await recordAudit(
      tx,
      { project, actor },
      {
        action: 'project.created',
        target: { type: 'project', id: project.id, label: project.name },
        detail: { name: project.name, slug: project.slug },
      },
    )
    return project
  }
  throw new Error('No slug was left to try.')
}
