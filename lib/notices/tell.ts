import type { Transaction } from '@/db/client'
import { findEvent, findOpenApproval } from '@/db/queries/notices'
import type { MailDeps } from './email'
import { addNoticeJobs, mailJob, reminderAt, reminderKey, reminders, removeNoticeJobs, type NoticeJob } from './jobs'
import { clearNotices, lockNoticesOf, tellPeople } from './tell-people'

export type TellDeps = MailDeps & {
  /** Base of the links in mails. */
  appUrl: string
}

/** What `queueDeliveries` of the webhooks is told of an event. */
export type ToldEvent = NonNullable<Awaited<ReturnType<typeof findEvent>>>

export type QueueDeliveries = (tx: Transaction, event: ToldEvent) => Promise<void>

/**
 * Tells of one event of the outbox, in one transaction: people in the bell and by mail, reminders on the way to
 * the deadline, webhooks. What was decided, expired or cancelled is cleared instead. May run twice for the same
 * event, and before or after the events that follow it.
 * @param queueDeliveries writes the webhooks' deliveries in the same transaction
 */
export async function tellEvent(
  deps: Pick<TellDeps, 'db'>,
  eventId: number,
  queueDeliveries: QueueDeliveries,
): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const event = await findEvent(tx, eventId)
    if (!event) return
    await lockNoticesOf(tx, event.approvalId)
    const jobs = event.type === 'requested' ? await tellRequested(tx, event.approvalId) : await clear(tx, event)
    await queueDeliveries(tx, event)
    // Last, because others who mail the same person wait for it until the commit.
    await addNoticeJobs(tx, jobs)
  })
}

async function tellRequested(tx: Transaction, approvalId: string): Promise<NoticeJob[]> {
  const approval = await findOpenApproval(tx, approvalId)
  if (!approval) return []
  const mailed = await tellPeople(tx, approval, 'requested')
  return [
    ...reminders.map(({ kind, share }) => ({
      task: 'remind' as const,
      payload: { approval_id: approvalId, kind },
      key: reminderKey(approvalId, kind),
      runAt: reminderAt(approval, share),
    })),
    ...mailed.map((userId) => mailJob(approval.projectId, userId)),
  ]
}

async function clear(tx: Transaction, { projectId, approvalId }: ToldEvent): Promise<[]> {
  await clearNotices(tx, projectId, approvalId)
  await removeNoticeJobs(tx, reminders.map(({ kind }) => reminderKey(approvalId, kind)))
  return []
}
