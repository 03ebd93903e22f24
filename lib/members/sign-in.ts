import type { Queryable } from '@/db/client'
import type { Origin } from '@/lib/context'
import { asActor, type Person } from './person'
import { recordOfPerson } from './record-person'
import { startSession, type StartedSession } from './session'

/** How somebody got in; another provider's sign-in goes by the provider's name: `github`, `google`, `oidc`. */
export type SignInWay = 'link' | 'operator_link' | 'invitation' | 'set_up' | (string & {})

type SignedIn = Pick<Person, 'id' | 'name' | 'email'>

/**
 * Starts a session for a person and records it in each of their projects, all or nothing.
 * @param origin missing where no request began it
 */
export async function signIn(
  db: Queryable,
  person: SignedIn,
  way: SignInWay,
  origin: Origin | undefined,
): Promise<StartedSession> {
  return db.transaction(async (tx) => {
    const session = await startSession(tx, person.id)
    await recordSignIn(tx, person, session.id, way, origin)
    return session
  })
}

/** Records a session that was started, in its transaction. */
export async function recordSignIn(
  tx: Queryable,
  person: SignedIn,
  sessionId: string,
  way: SignInWay,
  origin: Origin | undefined,
): Promise<void> {
  await recordOfPerson(
    tx,
    person.id,
    { actor: (role) => ({ ...asActor(person, role), sessionId }), origin },
    {
      action: 'session.created',
      target: { type: 'session', id: sessionId, label: person.email },
      detail: { email: person.email, way },
    },
  )
}
