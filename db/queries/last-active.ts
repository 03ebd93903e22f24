import { sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'

/** When each of these people last signed in or did something that is on record in the project; the others are left out. */
export async function listLastActive(
  db: Queryable,
  projectId: string,
  userIds: string[],
): Promise<Map<string, Date>> {
  if (userIds.length === 0) return new Map()
  const rows = await db.execute<{ id: string; at: number }>(sql`
    select u.id, extract(epoch from last.at)::float8 * 1000 as at
    from json_array_elements_text(${JSON.stringify(userIds)}::text::json) u(id)
    cross join lateral (select e.at from audit_entries e where e.project_id = ${projectId} and e.actor_id = u.id
      order by e.at desc nulls last, e.ordinal desc nulls last limit 1) last`)
  return new Map(rows.map(({ id, at }) => [id, new Date(at)]))
}
