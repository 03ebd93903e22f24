import { and, eq, inArray, isNull, ne, sql } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import type { OpenApproval } from '@/db/queries/notices'
import { members } from '@/db/schema/identity'
import { mailItems, notices } from '@/db/schema/notices'
import { newId } from '@/lib/ids'
import { listRecipients } from './recipients'
import type { ApprovalNoticeKind } from './schemas'

const noticesLock = 7_340_215

/** Stands in for the mail of an item that was no longer worth one. */
export const noMail = '-'

/**
 * Lets one transaction at a time tell of an approval, until it ends: a request that is told late must not
 * write notices beside the job that clears them. The approval itself is not locked; decisions never wait.
 */
export async function lockNoticesOf(tx: Transaction, approvalId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${noticesLock}, hashtext(${approvalId}))`)
}

/**
 * Writes what an open approval gives to tell: a line in the bell and an item for the next mail of everybody who
 * wants one, each once for a person, approval and kind. A reminder takes the place of what was not read before.
 * @returns whose mail is to be gathered
 */
export async function tellPeople(
  tx: Transaction,
  approval: OpenApproval,
  kind: ApprovalNoticeKind,
): Promise<string[]> {
  const recipients = await listRecipients(tx, approval)
  const { id: approvalId, projectId } = approval
  const shown = recipients.filter((one) => one.wantsInApp).map((one) => one.userId)
  if (shown.length > 0) {
    await tx
      .insert(notices)
      .values(shown.map((userId) => ({ id: newId('notice'), projectId, userId, kind, subjectId: approvalId })))
      .onConflictDoNothing()
    if (kind !== 'requested') await markEarlierRead(tx, approvalId, shown, kind)
  }
  const mailed = recipients.filter((one) => one.wantsMail).map((one) => one.userId)
  if (mailed.length === 0) return []
  const added = await tx
    .insert(mailItems)
    .values(mailed.map((userId) => ({ projectId, userId, approvalId, kind })))
    .onConflictDoNothing()
    .returning({ userId: mailItems.userId })
  return added.map((one) => one.userId)
}

async function markEarlierRead(tx: Transaction, approvalId: string, userIds: string[], kind: ApprovalNoticeKind) {
  await tx
    .update(notices)
    .set({ readAt: sql`clock_timestamp()` })
    .where(
      and(
        eq(notices.subjectId, approvalId),
        inArray(notices.userId, userIds),
        ne(notices.kind, kind),
        isNull(notices.readAt),
      ),
    )
}

/** Settles everything that was told of an approval that is no longer open, and drops what was still to be mailed. */
export async function clearNotices(tx: Transaction, projectId: string, approvalId: string): Promise<void> {
  await tx
    .update(notices)
    .set({ clearedAt: sql`clock_timestamp()` })
    .where(and(eq(notices.subjectId, approvalId), isNull(notices.clearedAt)))
  const people = tx.select({ id: members.userId }).from(members).where(eq(members.projectId, projectId))
  await tx
    .update(mailItems)
    .set({ mailId: noMail })
    .where(and(inArray(mailItems.userId, people), eq(mailItems.approvalId, approvalId), isNull(mailItems.mailId)))
}
