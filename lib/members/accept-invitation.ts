import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import type { Database, Queryable, Transaction } from '@/db/client'
import { accounts, invitations, members, projects, sessions, users } from '@/db/schema/identity'
import { recordAudit } from '@/lib/audit/record'
import { AppError } from '@/lib/errors'
import { hashToken } from '@/lib/tokens'
import { provesMailbox } from './invitation-token'
import { endCredentials, proveMailbox } from './mailbox'
import { asActor } from './person'
import { lockMembers } from './rights'

/** An open invitation with whom it invites whereto. */
export type OpenInvitation = NonNullable<Awaited<ReturnType<typeof findOpenInvitation>>>

/** Who is signed in where an invitation is opened: the person and the hash of their session's token. */
export type SignedIn = { userId: string; sessionToken: string }

/**
 * The invitation that a link's token opens, while it is open: not accepted, renewed, withdrawn or past its
 * days.
 */
export async function findOpenInvitation(db: Queryable, token: string) {
  const [row] = await db
    .select({
      id: invitations.id,
      user: { id: users.id, name: users.name, email: users.email, emailVerified: users.emailVerified },
      project: {
        id: projects.id,
        slug: projects.slug,
        name: projects.name,
        allowOwnRequest: projects.allowOwnRequest,
      },
      role: members.role,
      expiresAt: invitations.expiresAt,
    })
    .from(invitations)
    .innerJoin(
      members,
      and(eq(members.projectId, invitations.projectId), eq(members.userId, invitations.userId)),
    )
    .innerJoin(users, eq(users.id, invitations.userId))
    .innerJoin(projects, eq(projects.id, invitations.projectId))
    .where(
      and(
        eq(invitations.tokenHash, hashToken(token)),
        isNull(invitations.acceptedAt),
        gt(invitations.expiresAt, sql`clock_timestamp()`),
      ),
    )
    .limit(1)
  return row
}

/**
 * Accepts an invitation, once. The mailed link proves the mailbox, so its holder may be signed in as that
 * person. The copied one, which whoever invited has seen, opens only an account that nobody has used yet;
 * otherwise its person must be signed in.
 * @returns whom it made a member of what, and whether the caller should start a session for that person
 * @throws AppError `not_found` for a link that opens nothing (any more), `forbidden` where the person must
 * sign in first
 */
export async function acceptInvitation(db: Database, token: string, signedIn: SignedIn | null = null) {
  const seen = await findOpenInvitation(db, token)
  if (!seen) throw gone()
  return db.transaction(async (tx) => {
    await lockMembers(tx, seen)
    const invitation = await findOpenInvitation(tx, token)
    if (!invitation) throw gone()
    const { user, project, role } = invitation
    const isSignedIn = signedIn?.userId === user.id
    if (!isSignedIn && !provesMailbox(token) && (await isInUse(tx, user.id))) {
      throw new AppError('forbidden', `Sign in as ${user.email} first, then open this link again.`)
    }
    await join(tx, invitation)
    if (provesMailbox(token)) await proveMailbox(tx, user)
    else if (user.emailVerified === null)
      await endCredentials(tx, user, isSignedIn ? signedIn.sessionToken : undefined)
    await recordAudit(
      tx,
      { project, actor: asActor(user, role) },
      {
        action: 'member.joined',
        target: { type: 'member', id: user.id, label: user.email },
        detail: { email: user.email, role },
      },
    )
    return { user, project, role, needsSession: !isSignedIn || provesMailbox(token) }
  })
}

function gone(): AppError {
  return new AppError('not_found', 'This invitation is not open any more. Ask for a new one.')
}

async function join(tx: Transaction, { id, user, project }: OpenInvitation): Promise<void> {
  await tx
    .update(members)
    .set({ joinedAt: sql`coalesce(${members.joinedAt}, clock_timestamp())` })
    .where(and(eq(members.projectId, project.id), eq(members.userId, user.id)))
  await tx
    .update(invitations)
    .set({ acceptedAt: sql`clock_timestamp()` })
    .where(eq(invitations.id, id))
  await tx
    .delete(invitations)
    .where(
      and(
        eq(invitations.projectId, project.id),
        eq(invitations.userId, user.id),
        isNull(invitations.acceptedAt),
      ),
    )
}

/** Whether anybody has ever been this person here: proved the mailbox, joined a project, signed in. */
async function isInUse(tx: Transaction, userId: string): Promise<boolean> {
  const [row] = await tx.execute<{ inUse: boolean }>(sql`
    select exists (select 1 from ${users} where ${users.id} = ${userId} and ${users.emailVerified} is not null)
        or exists (select 1 from ${members} where ${members.userId} = ${userId} and ${members.joinedAt} is not null)
        or exists (select 1 from ${accounts} where ${accounts.userId} = ${userId})
        or exists (select 1 from ${sessions} where ${sessions.userId} = ${userId}) as "inUse"`)
  return row?.inUse !== false
}
