import { sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'

export const deliveryKeyPrefix = 'delivery:'

/** The key of the job that sends one delivery. */
export function deliveryKey(deliveryId: string): string {
  return `${deliveryKeyPrefix}${deliveryId}`
}

/** The key of the job that sends whatever of a chat webhook is next. */
export function turnKey(webhookId: string): string {
  return `turn:${webhookId}`
}

/** When the jobs of these keys run or were to run; those that are not there, or are tried no more, are left out. */
export async function listRunTimes(db: Queryable, keys: string[]): Promise<Map<string, Date>> {
  if (keys.length === 0) return new Map()
  const rows = await db.execute<{ key: string; at: number }>(sql`
    select key, extract(epoch from run_at)::float8 * 1000 as at from graphile_worker.jobs
    where key in (select json_array_elements_text(${JSON.stringify(keys)}::text::json)) and attempts < max_attempts`)
  return new Map(rows.map(({ key, at }) => [key, new Date(at)]))
}
