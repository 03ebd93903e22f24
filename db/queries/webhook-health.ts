import { sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'

/** Deliveries of one hour of the last 24: `hoursAgo` 0 is the hour that ends now. */
export type WebhookHour = { webhookId: string; hoursAgo: number; delivered: number; failed: number }

/** The last attempt to send to a webhook, where it failed. */
export type WebhookFailure = {
  webhookId: string
  statusCode: number | null
  error: string
  at: Date
  deliveryId: string
}

/** Of a webhook so many deliveries are counted, the latest. */
const mostCounted = 10_000

/**
 * What became of the deliveries of the last 24 hours, by webhook and hour, among the latest 10,000 of each; one that is
 * retried counts as failed.
 */
export async function listWebhookHours(
  db: Queryable,
  projectId: string,
  webhookIds: string[],
): Promise<WebhookHour[]> {
  if (webhookIds.length === 0) return []
  return db.execute<WebhookHour>(sql`
    select d.webhook_id as "webhookId",
      floor(extract(epoch from now() - d.created_at) / 3600)::int as "hoursAgo",
      count(*) filter (where d.status = 'delivered')::int as "delivered",
      count(*) filter (where d.status = 'failed' or d.status = 'pending' and (
        select true from delivery_attempts t where t.delivery_id = d.id limit 1))::int as "failed"
    from webhooks w cross join lateral (
      select d.webhook_id, d.id, d.status, d.created_at from deliveries d
      where d.project_id = w.project_id and d.webhook_id = w.id and d.created_at > now() - interval '24 hours'
      order by d.created_at desc nulls last, d.id desc nulls last limit ${mostCounted}) d
    where w.project_id = ${projectId} and w.id in (${idsOf(webhookIds)})
    group by 1, 2`)
}

/** Of each webhook whose last attempt failed, that attempt; looked for among its latest deliveries. */
export async function listWebhookFailures(
  db: Queryable,
  projectId: string,
  webhookIds: string[],
): Promise<WebhookFailure[]> {
  if (webhookIds.length === 0) return []
  const rows = await db.execute<Omit<WebhookFailure, 'at'> & { at: number }>(sql`
    select w.id as "webhookId", last.status_code as "statusCode", last.error,
      extract(epoch from last.at)::float8 * 1000 as at, last.delivery_id as "deliveryId"
    from webhooks w cross join lateral (
      select t.* from (
        select d.id from deliveries d where d.project_id = w.project_id and d.webhook_id = w.id
        order by d.created_at desc nulls last, d.id desc nulls last limit 50) d
      join delivery_attempts t on t.delivery_id = d.id
      order by t.id desc limit 1) last
    where w.project_id = ${projectId} and w.id in (${idsOf(webhookIds)}) and last.error is not null`)
  return rows.map(({ at, ...row }) => ({ ...row, at: new Date(at) }))
}

const idsOf = (ids: string[]) => sql`select json_array_elements_text(${JSON.stringify(ids)}::text::json)`
