import type { Transaction } from '@/db/client'
import { listOpenApprovals } from '@/db/queries/recipients'
import { addNoticeJobs, mailJob } from './jobs'
import type { ApprovalNoticeKind } from './schemas'
import { tellPeople } from './tell-people'

/**
 * Tells some who may decide in the project that a request which waits concerns them; nobody of what is over. It comes
 * last in a transaction, since others who mail the same people wait for its end.
 */
export async function tellDirectly(
  tx: Transaction,
  approvalId: string,
  userIds: string[],
  kind: ApprovalNoticeKind,
): Promise<void> {
  if (userIds.length === 0) return
  const mailed = await tellPeople(tx, await listOpenApprovals(tx, [approvalId]), kind, new Set(userIds))
  const jobs = mailed.map(({ projectId, userId }) => mailJob(projectId, userId))
  if (jobs.length > 0) await addNoticeJobs(tx, jobs)
}
