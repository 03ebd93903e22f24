import { sql } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { requireRole, type Context, type Role } from '@/lib/context'
import { assertStillAllowed } from '@/lib/rights'

const membershipLock = 7_340_212

/**
 * Lets pass members from this role up, and operators' commands.
 * @throws AppError `forbidden`
 */
export function requireRoleOrOperator(ctx: Context, atLeast: Role): void {
  if (ctx.actor.type !== 'system') requireRole(ctx, atLeast)
}

/**
 * Makes everything that changes who belongs to a project, and as what, happen one after the other, then reads
 * the actor's right again. The lock comes first: two owners who demote each other at the same moment would
 * both still be owners before it.
 * @throws AppError `unauthenticated`, `forbidden`
 */
export async function lockMembership(tx: Transaction, ctx: Context, atLeast: Role): Promise<void> {
  await lockMembersOf(tx, ctx.project.id)
  await assertStillAllowed(tx, ctx, atLeast)
}

/** The lock alone, for those who act before they are members. Held until the transaction ends. */
export async function lockMembersOf(tx: Transaction, projectId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${membershipLock}::int, hashtext(${projectId}))`)
}
