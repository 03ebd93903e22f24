import { listOpenApprovals } from '@/db/queries/notices'
import { addNoticeJobs, mailJob, reminderAt, reminders } from './jobs'
import type { TellDeps } from './tell'
import { lockNoticesOf, tellPeople } from './tell-people'

export type ReminderKind = (typeof reminders)[number]['kind']

/**
 * Reminds those who may decide and want to hear of it, each once, of an approval that is still open. One that is
 * so late that the next one is due says nothing.
 */
export async function remind(
  deps: Pick<TellDeps, 'db'>,
  approvalId: string,
  kind: ReminderKind,
): Promise<void> {
  await deps.db.transaction(async (tx) => {
    await lockNoticesOf(tx, [approvalId])
    const [approval] = await listOpenApprovals(tx, [approvalId])
    if (!approval) return
    const later = reminders[reminders.findIndex((one) => one.kind === kind) + 1]
    if (later && reminderAt(approval, later.share) <= approval.readAt) return
    const mailed = await tellPeople(tx, [approval], kind)
    await addNoticeJobs(
      tx,
      mailed.map(({ projectId, userId }) => mailJob(projectId, userId)),
    )
  })
}
