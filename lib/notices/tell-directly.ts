import type { Transaction } from '@/db/client'
import { listOpenApprovals, type Reviewer } from '@/db/queries/recipients'
import { addNoticeJobs, mailJob } from './jobs'
import type { DirectKind } from './schemas'
import { tellPeople } from './tell-people'

/**
 * Tells some who may decide in the project that a request which waits concerns them, whatever they want to hear of;
 * nobody of what is over. It comes last in a transaction, since others who mail the same people wait for its end.
 */
export async function tellDirectly(
  tx: Transaction,
  approvalId: string,
  userIds: string[],
  kind: DirectKind,
): Promise<void> {
  if (userIds.length === 0) return
  const tellings = (await listOpenApprovals(tx, [approvalId])).map((approval) => ({
    approval,
    hears: ({ userId, isMuted }: Reviewer) => userIds.includes(userId) && !isMuted,
    happenedAt: approval.readAt,
  }))
  const mailed = await tellPeople(tx, tellings, kind)
  const jobs = mailed.map(({ projectId, userId }) => mailJob(projectId, userId))
  if (jobs.length > 0) await addNoticeJobs(tx, jobs)
}
