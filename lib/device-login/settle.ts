import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Database } from '@/db/client'
import { listProjectsOfUser } from '@/db/queries/members'
import { deviceLogins } from '@/db/schema/identity'
import { AppError } from '@/lib/errors'
import { hashToken } from '@/lib/tokens'
import { change } from '@/lib/verb'
import { readUserCode } from './code'

/** A code that is open: not expired, and neither confirmed nor denied. */
const isOpen = (code: string) =>
  and(
    eq(deviceLogins.codeHash, hashToken(readUserCode(code) ?? '')),
    gt(deviceLogins.expiresAt, sql`clock_timestamp()`),
    isNull(deviceLogins.userId),
    eq(deviceLogins.isDenied, false),
  )

/** What asks by this code and waits for an answer, and in which projects this person may let it act; looking changes nothing. */
export async function findDeviceLogin(db: Database, code: string, userId: string) {
  const { name, address, createdAt, expiresAt } = deviceLogins
  const [row] = await db
    .select({ name, address, createdAt, expiresAt })
    .from(deviceLogins)
    .where(isOpen(code))
    .limit(1)
  if (!row) return undefined
  const projects = await listProjectsOfUser(db, userId)
  return { ...row, projects: projects.filter(({ isArchived }) => !isArchived) }
}

/**
 * Lets what asks by this code act as the member: the token is made when it asks the next time.
 * @throws AppError `not_found` for a code that is not open
 */
export const confirmDeviceLogin = change(
  {
    summary: 'Confirm the login of a command',
    need: 'viewer',
    input: z.strictObject({ code: z.string().max(100) }),
    output: null,
    refuses: ['not_found'],
  },
  async (tx, { project, actor }, { code }) => {
    const confirmed = await tx
      .update(deviceLogins)
      .set({ projectId: project.id, userId: actor.id, sessionId: actor.sessionId })
      .where(isOpen(code))
      .returning({ name: deviceLogins.name })
    if (confirmed.length === 0) throw notOpen()
  },
)

/**
 * Has what asks by this code be told no.
 * @throws AppError `not_found` for a code that is not open
 */
export async function denyDeviceLogin(db: Database, code: string): Promise<void> {
  const denied = await db
    .update(deviceLogins)
    .set({ isDenied: true })
    .where(isOpen(code))
    .returning({ name: deviceLogins.name })
  if (denied.length === 0) throw notOpen()
}

function notOpen(): AppError {
  return new AppError('not_found', 'This code is not open: it was used, or its 10 minutes have passed.')
}
