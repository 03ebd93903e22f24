import { and, eq, isNotNull, ne } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import type { MemberRecord } from '@/db/queries/members'
import { members } from '@/db/schema/identity'
import { AppError } from '@/lib/errors'

/**
 * Refuses to let the last owner go. Only under the project's membership lock does its answer last.
 * @throws AppError `conflict`
 */
export async function assertOwnerRemains(
  tx: Transaction,
  projectId: string,
  leaving: Pick<MemberRecord, 'id' | 'role' | 'joinedAt'>,
): Promise<void> {
  if (leaving.role !== 'owner' || leaving.joinedAt === null) return
  const [other] = await tx
    .select({ id: members.userId })
    .from(members)
    .where(
      and(
        eq(members.projectId, projectId),
        eq(members.role, 'owner'),
        isNotNull(members.joinedAt),
        ne(members.userId, leaving.id),
      ),
    )
    .limit(1)
  if (!other) throw new AppError('conflict', 'This is the last owner. Make another member an owner first.')
}
