import { sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import type { AuditName } from '@/lib/audit/match-name'

/**
 * Who acted in the project's log, and its members, keys, agents and webhooks, `most` of each. Those who acted are
 * found by walking the index from one actor to the next, however long the log is.
 */
export async function listAuditNames(db: Queryable, projectId: string, most: number): Promise<AuditName[]> {
  return db.execute<AuditName>(sql`
    with recursive acted(id, n) as (
      (select actor_id, 1 from audit_entries where project_id = ${projectId} order by actor_id limit 1)
      union all
      select (select e.actor_id from audit_entries e where e.project_id = ${projectId} and e.actor_id > acted.id
        order by e.actor_id limit 1), n + 1
      from acted where acted.id is not null and n < ${most}
    )
    (select a.id, case last.actor_type when 'user' then 'person' else last.actor_type end as kind,
      coalesce(u.name, last.actor_label, a.id) as name, u.email as also, true as acts
      from acted a cross join lateral (
        select e.actor_type, e.actor_label from audit_entries e
        where e.project_id = ${projectId} and e.actor_id = a.id order by e.at desc nulls last, e.ordinal desc nulls last limit 1) last
      left join users u on u.id = a.id where a.id is not null)
    union
    (select u.id, 'person', coalesce(u.name, u.email), u.email, true
      from members m join users u on u.id = m.user_id where m.project_id = ${projectId} limit ${most})
    union
    (select k.id, 'key', k.name, null, k.kind = 'agent' from keys k where k.project_id = ${projectId}
      order by k.created_at desc limit ${most})
    union
    (select a.id, 'agent', a.name, null, false from agents a where a.project_id = ${projectId} limit ${most})
    union
    (select w.id, 'webhook', w.name, null, false from webhooks w where w.project_id = ${projectId} limit ${most})
    order by 3, 1`)
}
