import { and, eq, isNotNull } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { members, projects } from '@/db/schema/identity'
import { recordAudit, type AuditEntryInput, type Recorder } from '@/lib/audit/record'
import type { Project, Role } from '@/lib/context'

/**
 * Records what concerns a person and no single project in each one that they have joined: every project's owners
 * can see how its members get in, and of other projects nothing.
 * @param by who acted, given the person's role in the project
 */
export async function recordOfPerson(
  tx: Queryable,
  userId: string,
  by: Pick<Recorder, 'origin'> & { actor: (role: Role) => Recorder['actor'] },
  entry: AuditEntryInput,
): Promise<void> {
  const joined = await tx
    .select({
      id: projects.id,
      slug: projects.slug,
      name: projects.name,
      allowOwnRequest: projects.allowOwnRequest,
      role: members.role,
    })
    .from(members)
    .innerJoin(projects, eq(projects.id, members.projectId))
    .where(and(eq(members.userId, userId), isNotNull(members.joinedAt)))
    .orderBy(projects.id)
  for (const { role, ...project } of joined satisfies (Project & { role: Role })[])
    await recordAudit(tx, { project, actor: by.actor(role), origin: by.origin }, entry)
}
