import { and, eq, isNull, ne, sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { keys, members, projects, sessions, users } from '@/db/schema/identity'
import { recordAudit } from '@/lib/audit/record'
import { asActor, type Person } from './person'

/**
 * Notes that the person holds the mailbox of their e-mail. The first time, everything that was opened in
 * their name before ends: an invitation's link may have been handed to somebody else, who must not sit in the
 * account when its person arrives.
 * @returns whether it was the first proof
 */
export async function proveMailbox(
  tx: Queryable,
  person: Pick<Person, 'id' | 'name' | 'email'>,
): Promise<boolean> {
  const [proved] = await tx
    .update(users)
    .set({ emailVerified: sql`clock_timestamp()` })
    .where(and(eq(users.id, person.id), isNull(users.emailVerified)))
    .returning({ id: users.id })
  if (!proved) return false
  await endCredentials(tx, person)
  return true
}

/**
 * Ends the person's sessions and personal tokens in every project, each token with its audit entry.
 * @param exceptSession hash of the session that may stay
 */
export async function endCredentials(
  tx: Queryable,
  person: Pick<Person, 'id' | 'name' | 'email'>,
  exceptSession?: string,
): Promise<void> {
  await tx
    .delete(sessions)
    .where(
      and(
        eq(sessions.userId, person.id),
        exceptSession === undefined ? undefined : ne(sessions.sessionToken, exceptSession),
      ),
    )
  const revoked = await tx
    .update(keys)
    .set({ revokedAt: sql`clock_timestamp()` })
    .where(and(eq(keys.userId, person.id), isNull(keys.revokedAt)))
    .returning({ id: keys.id, name: keys.name, projectId: keys.projectId })
  for (const key of revoked) {
    const [row] = await tx
      .select({
        id: projects.id,
        slug: projects.slug,
        name: projects.name,
        allowOwnRequest: projects.allowOwnRequest,
        role: members.role,
      })
      .from(projects)
      .leftJoin(members, and(eq(members.projectId, projects.id), eq(members.userId, person.id)))
      .where(eq(projects.id, key.projectId))
    if (!row) continue
    const { role, ...project } = row
    await recordAudit(
      tx,
      { project, actor: asActor(person, role ?? 'viewer') },
      {
        action: 'key.revoked',
        target: { type: 'key', id: key.id, label: key.name },
        detail: { kind: 'personal', because: 'mailbox_proved' },
      },
    )
  }
}
