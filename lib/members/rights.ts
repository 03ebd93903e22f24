import { sql } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import type { Context } from '@/lib/context'

const membershipLock = 7_340_212

/**
 * Makes everything that changes who belongs to a project, and as what, happen one after the other, until the
 * transaction ends. It comes before the actor's right is read again: two owners who demote each other at the same
 * moment would both still be owners before it.
 */
export async function lockMembers(
  tx: Transaction,
  { project: { id } }: { project: Pick<Context['project'], 'id'> },
): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${membershipLock}::int, hashtext(${id}))`)
}
