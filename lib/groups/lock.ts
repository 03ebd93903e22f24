import { and, eq, sql } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { findGroup, type GroupRecord } from '@/db/queries/groups'
import { groups } from '@/db/schema/people'
import type { Context } from '@/lib/context'
import { AppError, notFound } from '@/lib/errors'

/**
 * A group of the project that nobody else changes until the transaction ends, with its members.
 * @throws AppError `not_found`; `conflict` where a directory keeps it
 */
export async function lockGroup(tx: Transaction, ctx: Context, id: string): Promise<GroupRecord> {
  const isIt = and(eq(groups.projectId, ctx.project.id), eq(groups.id, id))
  const [row] = await tx.select({ id: groups.id }).from(groups).where(isIt).for('update')
  // Only now: what was read before the lock may be older.
  const group = row && (await findGroup(tx, ctx.project.id, id))
  if (!group) throw notFound()
  if (group.source !== 'holdpoint')
    throw new AppError('conflict', 'A directory keeps this group; change it there.')
  return group
}

const groupsLock = 7_340_221

/** Lets one transaction at a time make groups of a project or give them other slugs. */
export async function lockSlugs(
  tx: Transaction,
  { project }: { project: Pick<Context['project'], 'id'> },
): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${groupsLock}::int, hashtext(${project.id}))`)
}
