import { eq, sql } from 'drizzle-orm'
import type { Database, Transaction } from '@/db/client'
import { findMember } from '@/db/queries/members'
import { deviceLogins } from '@/db/schema/identity'
import type { MemberActor, Origin } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { holdMembership } from '@/lib/keys/create-token'
import { insertKey } from '@/lib/keys/insert'
import { hashToken } from '@/lib/tokens'
import type { DeviceToken } from './schemas'
import { intervalSeconds } from './start'

/** A clock's and a network's jitter is nobody's haste. */
const hasteSeconds = intervalSeconds - 1

/**
 * Takes the personal token that a person has confirmed, once: it is made now, with its audit entry, and is in the answer
 * alone. (RFC 8628, sections 3.4 and 3.5.)
 * @throws AppError `authorization_pending` while nobody has answered; `slow_down` where it is asked sooner than after
 * the interval; `access_denied` for a no, or where the person has left the project; `expired_token` for a code that is
 * unknown, used or past its 10 minutes
 */
export async function redeemDeviceCode(
  db: Database,
  deviceCode: string,
  origin: Origin,
): Promise<DeviceToken> {
  const taken = await db.transaction((tx) => take(tx, hashToken(deviceCode), origin))
  if (typeof taken !== 'string') return taken
  throw new AppError(taken, words[taken])
}

const words = {
  authorization_pending: 'Nobody has confirmed the code yet.',
  slow_down: `Ask every ${intervalSeconds} s.`,
  access_denied: 'The login was denied.',
  expired_token: 'The code was used, or its 10 minutes have passed. Log in again.',
} as const

async function take(
  tx: Transaction,
  hash: string,
  origin: Origin,
): Promise<DeviceToken | keyof typeof words> {
  const [row] = await tx
    .select({
      name: deviceLogins.name,
      address: deviceLogins.address,
      isDenied: deviceLogins.isDenied,
      projectId: deviceLogins.projectId,
      userId: deviceLogins.userId,
      sessionId: deviceLogins.sessionId,
      isPast: sql<boolean>`${deviceLogins.expiresAt} <= clock_timestamp()`,
      isHasty: sql<boolean>`(${deviceLogins.polledAt} > clock_timestamp() - make_interval(secs => ${hasteSeconds}::int)) is true`,
    })
    .from(deviceLogins)
    .where(eq(deviceLogins.deviceHash, hash))
    .for('update')
  if (!row || row.isPast) return 'expired_token'
  const { projectId, userId } = row
  if (!row.isDenied && (projectId === null || userId === null)) {
    await tx
      .update(deviceLogins)
      .set({ polledAt: sql`clock_timestamp()` })
      .where(eq(deviceLogins.deviceHash, hash))
    return row.isHasty ? 'slow_down' : 'authorization_pending'
  }
  await tx.delete(deviceLogins).where(eq(deviceLogins.deviceHash, hash))
  if (projectId === null || userId === null) return 'access_denied'
  const project = { id: projectId }
  const member = (await holdMembership(tx, { project }, userId)) && (await findMember(tx, projectId, userId))
  if (!member) return 'access_denied'
  const actor: MemberActor = {
    type: 'user',
    id: userId,
    label: member.name ?? member.email,
    name: member.name,
    email: member.email,
    role: member.role,
    via: 'console',
    keyId: null,
    sessionToken: null,
    sessionId: row.sessionId,
  }
  const { token } = await insertKey(
    tx,
    { project, actor, origin },
    { name: row.name, scopes: [], userId, expiresAt: null, detail: { asked_from: row.address } },
  )
  return { access_token: token, token_type: 'Bearer' }
}
