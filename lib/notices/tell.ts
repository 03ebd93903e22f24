import type { Transaction } from '@/db/client'
import { listDecisionSeconds, listEvents } from '@/db/queries/events'
import { listOpenApprovals } from '@/db/queries/recipients'
import { addJob, type KeyedJob } from '@/lib/jobs/add'
import { measures } from '@/lib/measures'
import { byProject, isOfTheRow } from '@/lib/work/in-turns'
import type { MailDeps } from './email'
import { addNoticeJobs, mailJob } from './jobs'
import { whoIsAwaited } from './recipients'
import { clearNotices, lockNoticesOf, tellPeople } from './tell-people'
import { tellUnreachable } from './tell-unreachable'

export type TellDeps = MailDeps & {
  /** Base of the links in mails. */
  appUrl: string
}

/** What `queueDeliveries` of the webhooks is told of events. */
export type ToldEvent = Awaited<ReturnType<typeof listEvents>>[number]

export type QueueDeliveries = (tx: Transaction, events: ToldEvent[]) => Promise<void>

/** How long one job tells; what is left then is told by another, so that no project keeps a worker for itself. */
const mostMs = 10_000

/**
 * Tells of events of the outbox: people in the bell and by mail, and webhooks.
 * What was decided, expired or cancelled is cleared instead. All of a project in one transaction; where that fails,
 * half of them, and half of that. One that cannot be told even alone gets a job of its own, so that it is tried
 * again, in the end parked, and holds up no other. May run twice for the same event, and before or after the events
 * that follow it.
 * @param queueDeliveries writes the webhooks' deliveries in the same transaction
 * @throws where the only event cannot be told, or for an error that says nothing of the events
 */
export async function tellEvents(
  deps: Pick<TellDeps, 'db'>,
  eventIds: number[],
  queueDeliveries: QueueDeliveries,
): Promise<void> {
  const endAt = performance.now() + mostMs
  const untold: ToldEvent[][] = []

  async function tell(events: ToldEvent[]): Promise<void> {
    if (performance.now() > endAt) return void untold.push(events)
    try {
      const decided = await deps.db.transaction(async (tx) => {
        await tellTogether(tx, events, queueDeliveries)
        return measures() ? listDecisionSeconds(tx, idsOfEvents(events)) : []
      })
      for (const seconds of decided) measures()?.decision(seconds)
    } catch (error) {
      if (eventIds.length === 1 || !isOfTheRow(error)) throw error
      if (events.length === 1) return void untold.push(events)
      const half = Math.ceil(events.length / 2)
      await tell(events.slice(0, half))
      await tell(events.slice(half))
    }
  }

  for (const ofProject of byProject(await listEvents(deps.db, eventIds))) await tell(ofProject)
  if (untold.length > 0) await deps.db.transaction((tx) => tellLater(tx, untold))
}

/** Each portion by a job of its own, one of a project at a time and after those of others. */
async function tellLater(tx: Transaction, portions: ToldEvent[][]): Promise<void> {
  for (const events of portions) {
    const [first] = events
    if (!first) continue
    const ids = idsOfEvents(events)
    const options = { key: `event:${first.id}:${ids.length}`, queue: `tell:${first.projectId}`, priority: 1 }
    await addJob(tx, 'tell_event', { event_ids: ids }, options)
  }
}

/** What nobody has to decide on any more. */
const endings = new Set<ToldEvent['type']>(['approved', 'rejected', 'expired', 'cancelled', 'denied'])

async function tellTogether(
  tx: Transaction,
  events: ToldEvent[],
  queueDeliveries: QueueDeliveries,
): Promise<void> {
  await lockNoticesOf(tx, idsOf(events))
  const over = idsOf(events.filter((event) => endings.has(event.type)))
  if (over.length > 0) await clearNotices(tx, over)
  const jobs = await tellRequested(tx, idsOf(events.filter((event) => event.type === 'requested')))
  await queueDeliveries(tx, events)
  // Last, because others who mail the same person wait for it until the commit.
  await addNoticeJobs(tx, jobs)
}

function idsOfEvents(events: ToldEvent[]): number[] {
  return events.map((event) => event.id)
}

function idsOf(events: ToldEvent[]): string[] {
  return [...new Set(events.map((event) => event.approvalId))]
}

async function tellRequested(tx: Transaction, approvalIds: string[]): Promise<KeyedJob[]> {
  if (approvalIds.length === 0) return []
  const open = await listOpenApprovals(tx, approvalIds)
  const tellings = open.map((approval) => ({
    approval,
    hears: whoIsAwaited(approval),
    happenedAt: approval.requestedAt,
  }))
  const mailed = await tellPeople(tx, tellings, 'requested')
  const jobs = mailed.map(({ projectId, userId }) => mailJob(projectId, userId))
  const [first] = open
  return first ? [...jobs, ...(await tellUnreachable(tx, first.projectId, open))] : jobs
}
