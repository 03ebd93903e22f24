import { eq, sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { users } from '@/db/schema/identity'
import type { MemberActor, Role } from '@/lib/context'
import { newId } from '@/lib/ids'

/** A person's row, without what providers told of them. */
export type Person = { id: string; name: string | null; email: string; emailVerified: Date | null }

const columns = { id: users.id, name: users.name, email: users.email, emailVerified: users.emailVerified }

/**
 * The person with this e-mail, made if there is none; of several at once, one is made.
 * @param email in lower case
 * @param name kept only where the person is new: one project does not rename another's member
 * @param isVouchedFor whether an operator answers for the address
 */
export async function findOrCreatePerson(
  tx: Queryable,
  person: { email: string; name?: string | undefined; isVouchedFor: boolean },
): Promise<Person & { isNew: boolean }> {
  const [made] = await tx
    .insert(users)
    .values({
      id: newId('user'),
      email: person.email,
      name: person.name ?? null,
      emailVerified: person.isVouchedFor ? sql`clock_timestamp()` : null,
    })
    .onConflictDoNothing({ target: users.email })
    .returning(columns)
  if (made) return { ...made, isNew: true }
  const [found] = await tx.select(columns).from(users).where(eq(users.email, person.email)).limit(1)
  if (!found) throw new Error('A person with this e-mail was there and is gone.')
  return { ...found, isNew: false }
}

/** The person as the author of an audit entry about themselves. */
export function asActor(person: Pick<Person, 'id' | 'name' | 'email'>, role: Role): MemberActor {
  return {
    type: 'user',
    id: person.id,
    label: person.name ?? person.email,
    name: person.name,
    email: person.email,
    role,
    via: 'console',
    keyId: null,
    sessionToken: null,
    sessionId: null,
  }
}
