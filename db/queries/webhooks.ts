import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { deliveries, deliveryAttempts, webhooks } from '@/db/schema/notices'
import { cutPage, isWithinBytes } from './bounded'
import { deliveryKey, listRunTimes, turnKey } from './delivery-jobs'
import { decodeCursor, encodeCursor, type Page } from './cursor'
import { newestFirst } from './newest-first'

const columns = {
  id: webhooks.id,
  projectId: webhooks.projectId,
  name: webhooks.name,
  format: webhooks.format,
  url: webhooks.url,
  events: webhooks.events,
  enabled: webhooks.enabled,
  disabledReason: webhooks.disabledReason,
  createdAt: webhooks.createdAt,
}

/** A webhook without its secrets. */
export type WebhookRecord = NonNullable<Awaited<ReturnType<typeof findWebhook>>>

export type Paging = { limit: number; cursor?: string | undefined }

/** One webhook of the project. */
export async function findWebhook(db: Queryable, projectId: string, id: string) {
  const [row] = await db
    .select(columns)
    .from(webhooks)
    .where(and(eq(webhooks.projectId, projectId), eq(webhooks.id, id)))
    .limit(1)
  return row
}

/**
 * A page of the project's webhooks, newest first.
 * @throws AppError `invalid_cursor`
 */
export async function listWebhooks(
  db: Queryable,
  projectId: string,
  page: Paging,
): Promise<Page<WebhookRecord>> {
  const after = page.cursor === undefined ? undefined : decodeCursor('webhooks', projectId, page.cursor)
  const rows = await db
    .select(columns)
    .from(webhooks)
    .where(
      and(
        eq(webhooks.projectId, projectId),
        after && sql`(${webhooks.createdAt}, ${webhooks.id}) < (${after[0]}::timestamptz, ${after[1]})`,
      ),
    )
    .orderBy(desc(webhooks.createdAt), desc(webhooks.id))
    .limit(page.limit + 1)
  return pageOf('webhooks', projectId, rows, page.limit)
}

/** How many webhooks the project has. */
export async function countWebhooks(db: Queryable, projectId: string): Promise<number> {
  const [row] = await db
    .select({ count: sql<number>`count(*)::int` })
    .from(webhooks)
    .where(eq(webhooks.projectId, projectId))
  return row?.count ?? 0
}

const deliveryColumns = {
  id: deliveries.id,
  webhookId: deliveries.webhookId,
  messageId: deliveries.messageId,
  type: deliveries.type,
  approvalId: deliveries.approvalId,
  status: deliveries.status,
  createdAt: deliveries.createdAt,
  /** Whether the last attempt failed. */
  hasFailed: sql<boolean>`coalesce((select t.error is not null from ${deliveryAttempts} t
    where t.delivery_id = deliveries.id order by t.id desc limit 1), false)`,
}

type Attempt = typeof deliveryAttempts.$inferSelect
type DeliveryRow = Pick<
  typeof deliveries.$inferSelect,
  Exclude<keyof typeof deliveryColumns, 'hasFailed'>
> & {
  hasFailed: boolean
}
export type DeliveryRecord = DeliveryRow & {
  attempts: Attempt[]
  /** When its job runs; null where it is over. */
  nextAttemptAt: Date | null
}

/** What a delivery's attempts take. */
const attemptBytes = sql`coalesce((select sum(200 + coalesce(octet_length(t.response), 0) + coalesce(octet_length(t.error), 0))
  from ${deliveryAttempts} t where t.delivery_id = ${deliveries.id}), 0)`

/**
 * A page of the deliveries of one webhook of the project, newest first, each with every attempt, as many as its
 * bytes allow.
 * @param withAttempts false leaves the attempts unread
 * @throws AppError `invalid_cursor`
 */
export async function listDeliveries(
  db: Queryable,
  projectId: string,
  webhookId: string,
  page: Paging,
  withAttempts = true,
): Promise<Page<DeliveryRecord>> {
  const list = `deliveries:${webhookId}`
  const after = page.cursor === undefined ? undefined : decodeCursor(list, projectId, page.cursor)
  const order = newestFirst(deliveries.createdAt, deliveries.id)
  const isWithin = isWithinBytes(withAttempts ? [attemptBytes] : [], sql.join(order, sql`, `))
  const rows = await db
    .select({ ...deliveryColumns, isWithin })
    .from(deliveries)
    .where(
      and(
        eq(deliveries.projectId, projectId),
        eq(deliveries.webhookId, webhookId),
        after && sql`(${deliveries.createdAt}, ${deliveries.id}) < (${after[0]}::timestamptz, ${after[1]})`,
      ),
    )
    .orderBy(...order)
    .limit(page.limit + 1)
  const { items, end } = cutPage(rows, page.limit)
  return {
    items: await addMore(db, items, withAttempts),
    nextCursor: end ? encodeCursor(list, projectId, [end.createdAt.toISOString(), end.id]) : null,
  }
}

/** One delivery of one webhook of the project, with every attempt and when the next is due. */
export async function findDelivery(db: Queryable, projectId: string, webhookId: string, id: string) {
  const rows = await db
    .select(deliveryColumns)
    .from(deliveries)
    .where(
      and(eq(deliveries.projectId, projectId), eq(deliveries.webhookId, webhookId), eq(deliveries.id, id)),
    )
    .limit(1)
  const [found] = await addMore(db, rows, true)
  return found
}

/** When each is tried next, and where it is asked for every attempt. */
async function addMore(db: Queryable, rows: DeliveryRow[], withAttempts: boolean): Promise<DeliveryRecord[]> {
  const pending = rows.filter((row) => row.status === 'pending')
  const times = await listRunTimes(
    db,
    pending.flatMap((row) => [deliveryKey(row.id), turnKey(row.webhookId)]),
  )
  const timeOf = (row: DeliveryRow) =>
    times.get(deliveryKey(row.id)) ?? times.get(turnKey(row.webhookId)) ?? null
  const attempts = withAttempts ? await listAttempts(db, rows) : []
  return rows.map((row) => ({
    ...row,
    attempts: attempts.filter((attempt) => attempt.deliveryId === row.id),
    nextAttemptAt: row.status === 'pending' ? timeOf(row) : null,
  }))
}

async function listAttempts(db: Queryable, rows: DeliveryRow[]): Promise<Attempt[]> {
  if (rows.length === 0) return []
  const ids = rows.map((row) => row.id)
  return db
    .select()
    .from(deliveryAttempts)
    .where(inArray(deliveryAttempts.deliveryId, ids))
    .orderBy(asc(deliveryAttempts.id))
}

function pageOf<R extends { id: string; createdAt: Date }>(
  list: string,
  projectId: string,
  rows: R[],
  limit: number,
): Page<R> {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  const hasMore = rows.length > limit && last !== undefined
  return {
    items,
    nextCursor: hasMore ? encodeCursor(list, projectId, [last.createdAt.toISOString(), last.id]) : null,
  }
}
