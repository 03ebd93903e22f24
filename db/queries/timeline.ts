import { sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import type { TimelineItem } from '@/lib/approvals/comment-schemas'

/** One thing that happened; times are RFC 3339 text. */
export type TimelineRecord = Omit<TimelineItem, 'at'> & { at: string }

const most = 2000

const actor = (type: string, id: string, label: string) =>
  `json_build_object('type', ${type}, 'id', ${id}, 'label', ${label})`
const user = actor(`'user'`, 'd.reviewer_id', 'coalesce(d.reviewer_name, d.reviewer_email)')
const actions = ['approval.edited', 'approval.extended', 'approval.assigned', 'approval.escalated']

/**
 * What happened to an approval of the project, in order, as far as it is kept: the notices for as long as runs are,
 * what people did beside voting for as long as the audit log.
 */
export async function listTimeline(db: Queryable, projectId: string, id: string): Promise<TimelineRecord[]> {
  return db.execute<TimelineRecord>(sql`
    with a as (select * from approvals where id = ${id} and project_id = ${projectId})
    select t.at, t.type, t.actor, coalesce(t.detail, '{}') as detail from (
      select 0 as rank, requested_at as at, 'asked' as type, null::json as actor,
        json_build_object('agent', agent_name, 'tool', tool) as detail from a
      union all
      select 1, n.created_at, 'told', null, json_build_object('user', ${sql.raw(actor(`'user'`, 'u.id', 'coalesce(u.name, u.email)'))},
        'how', 'bell', 'kind', n.kind)
      from a join notices n on n.subject_id = a.id and n.project_id = a.project_id join users u on u.id = n.user_id
      union all
      select 1, i.created_at, 'told', null, json_build_object('user', ${sql.raw(actor(`'user'`, 'u.id', 'coalesce(u.name, u.email)'))},
        'how', 'mail', 'kind', i.kind)
      from a join mail_items i on i.approval_id = a.id and i.project_id = a.project_id and i.mail_id <> '-' join users u on u.id = i.user_id
      union all
      select 2, d.at, case when not d.is_final then 'voted' when d.decision = 'request_changes' then 'changes_requested'
          else a.status::text end, ${sql.raw(user)},
        (jsonb_build_object('decision', d.decision, 'reason', d.reason, 'on_behalf_of', d.seat_id)
          || case when d.is_override then '{"override": true}' else '{}' end::jsonb)::json
      from a join decisions d on d.approval_id = a.id
      union all
      select 2, c.at, 'commented', ${sql.raw(actor('c.author_type', 'c.author_id', 'c.author_label'))}, json_build_object('comment_id', c.id)
      from a join comments c on c.approval_id = a.id
      union all
      select case when e.action = 'approval.edited' then 1 else 2 end,
        coalesce((select d.at from decisions d where d.approval_id = a.id and d.params is not null
          and e.action = 'approval.edited' and d.digest = e.detail::json->>'digest' order by d.at limit 1), e.at),
        substr(e.action, 10), ${sql.raw(actor('e.actor_type', 'e.actor_id', 'e.actor_label'))},
        (select json_object_agg(p.key, p.value) from json_each(e.detail::json) p
          where p.key in ('by_seconds', 'reason', 'to', 'expires_at', 'changes', 'user_id'))
      from a join audit_entries e on e.project_id = a.project_id and e.target_id = a.id
        and e.action in (${sql.join(
          actions.map((action) => sql`${action}`),
          sql`, `,
        )})
      union all
      select 3, resolved_at, 'expired', null, null from a where status = 'expired'
      union all
      select 3, a.resolved_at, 'cancelled',
        case when e.actor_type = 'key' then ${sql.raw(actor('e.actor_type', 'e.actor_id', 'e.actor_label'))} end,
        json_build_object('because', e.detail::json->>'because')
      from a left join audit_entries e on e.project_id = a.project_id and e.target_id = a.id and e.action = 'approval.cancelled'
      where a.status = 'cancelled'
      union all
      select 4, claimed_at, 'claimed', ${sql.raw(actor(`'key'`, 'a.claimed_by', 'k.name'))}, null
      from a left join keys k on k.id = a.claimed_by where a.claimed_at is not null
      union all
      select 5, c.ended_at, 'result', null, json_build_object('status', c.result_status)
      from a join tool_calls c on c.id = a.call_id where c.ended_at is not null
    ) t order by t.at, t.rank limit ${most}`)
}
