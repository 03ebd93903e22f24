import type { Transaction } from '@/db/client'
import { listEvents, listOpenApprovals } from '@/db/queries/notices'
import type { MailDeps } from './email'
import { addNoticeJobs, mailJob, type NoticeJob } from './jobs'
import { clearNotices, lockNoticesOf, tellPeople } from './tell-people'

export type TellDeps = MailDeps & {
  /** Base of the links in mails. */
  appUrl: string
}

/** What `queueDeliveries` of the webhooks is told of events. */
export type ToldEvent = Awaited<ReturnType<typeof listEvents>>[number]

export type QueueDeliveries = (tx: Transaction, events: ToldEvent[]) => Promise<void>

/**
 * Tells of events of the outbox: people in the bell and by mail, and webhooks.
 * What was decided, expired or cancelled is cleared instead. All in one transaction; where that fails, each in its
 * own, so that one that cannot be told holds up no other. May run twice for the same event, and before or after
 * the events that follow it.
 * @param queueDeliveries writes the webhooks' deliveries in the same transaction
 * @throws the first failure, after the others were told
 */
export async function tellEvents(
  deps: Pick<TellDeps, 'db'>,
  eventIds: number[],
  queueDeliveries: QueueDeliveries,
): Promise<void> {
  try {
    await deps.db.transaction((tx) => tellTogether(tx, eventIds, queueDeliveries))
  } catch (error) {
    if (eventIds.length < 2) throw error
    const told = await Promise.allSettled(eventIds.map((id) => tellEvents(deps, [id], queueDeliveries)))
    const failed = told.find((one) => one.status === 'rejected')
    if (failed) throw failed.reason
  }
}

async function tellTogether(
  tx: Transaction,
  eventIds: number[],
  queueDeliveries: QueueDeliveries,
): Promise<void> {
  const events = await listEvents(tx, eventIds)
  if (events.length === 0) return
  await lockNoticesOf(tx, idsOf(events))
  const over = idsOf(events.filter((event) => event.type !== 'requested'))
  if (over.length > 0) await clearNotices(tx, over)
  const jobs = await tellRequested(tx, idsOf(events.filter((event) => event.type === 'requested')))
  await queueDeliveries(tx, events)
  // Last, because others who mail the same person wait for it until the commit.
  await addNoticeJobs(tx, jobs)
}

function idsOf(events: ToldEvent[]): string[] {
  return [...new Set(events.map((event) => event.approvalId))]
}

async function tellRequested(tx: Transaction, approvalIds: string[]): Promise<NoticeJob[]> {
  if (approvalIds.length === 0) return []
  const open = await listOpenApprovals(tx, approvalIds)
  const mailed = await tellPeople(tx, open, 'requested')
  return mailed.map(({ projectId, userId }) => mailJob(projectId, userId))
}
