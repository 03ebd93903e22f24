import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'

/**
 * Gives a project that has an agent many approvals, with runs, calls and their rows of search, 20 s apart and of
 * every status, mixed the same way each time. The newest 40 are as if the dispatcher had not come to them. Among
 * the texts: every `amount`, one `damaged` in five, ten `xylophone`, `heirloom a1b2c` in all of the older half.
 * @param prefix tells the ids of one project from those of another; 3 characters
 */
export async function fillApprovals(db: Database, projectId: string, prefix: string, count: number) {
  await db.transaction(async (tx) => {
    await tx.execute(sql`set local statement_timeout = 0`)
    await tx.execute(sql`
      create temporary table many on commit drop as
      select n, ${prefix} || lpad(n::text, 23, '0') as id, hash % 7 as agent, (hash / 7) % 11 as tool,
        timestamptz '2026-01-01' + (n / 2) * interval '20 seconds' as at,
        case when (hash / 77) % 50 = 0 or n > ${count} - 20 then 'pending' when (hash / 77) % 9 = 0 then 'rejected'
          when (hash / 77) % 97 = 1 then 'expired' when (hash / 77) % 1009 = 2 then 'cancelled'
          else 'approved' end as status
      from (select n, abs(hashint4(n)::bigint) as hash from generate_series(1, ${count}::int) n) numbers`)
    await tx.execute(sql`
      insert into runs (id, project_id, agent_id, agent_name, external_id, policy_version, status, pending_count, started_at, finished_at)
      select 'run_' || m.id, ${projectId}, a.id, 'agent-' || m.agent, case when n % 3 = 0 then 'Order-' || n end, 1,
        (case when m.status = 'pending' then 'awaiting_approval' when m.status = 'approved' then 'running'
          when n % 2 = 0 then 'failed' else 'cancelled' end)::run_status,
        (m.status = 'pending')::int, m.at, case when m.status not in ('pending', 'approved') then m.at end
      from many m, (select id from agents where project_id = ${projectId} limit 1) a`)
    await tx.execute(sql`
      insert into tool_calls (id, project_id, run_id, agent_id, tool_call_id, tool, params, digest, description, required, policy_version, started_at)
      select 'stp_' || m.id, ${projectId}, r.id, r.agent_id, case when n % 2 = 0 then 'call_1' else 'call-' || n end,
        'tool_' || m.tool, json_build_object('order_id', 'ORD-' || 1000000 + n, 'amount', n % 500, 'reason',
          (array['Item arrived Damaged', 'Changed their mind', 'Duplicate charge', 'Late delivery', 'Wrong size'])[1 + n % 5],
          'note', repeat('please check ', n % 6) || case when n % (${count}::int / 10) = 7 then 'Xylophone ' else '' end
            || case when n <= ${count}::int / 2 then 'heirloom a1b2c 100%' else 'új' end)::text,
        'sha256:' || md5(m.id), case when n % 4 = 0 then 'Refund for the order' end, true, 1, m.at
      from many m join runs r on r.id = 'run_' || m.id`)
    await tx.execute(sql`
      insert into approvals (id, project_id, run_id, call_id, agent_id, agent_name, tool, status, message, rule_tool, rule_outcome, on_rejection, policy_version, requested_at, expires_at, resolved_at)
      select 'apr_' || m.id, ${projectId}, r.id, 'stp_' || m.id, r.agent_id, r.agent_name, 'tool_' || m.tool,
        m.status::approval_status, 'Somebody has to look.', 'tool_' || m.tool, 'always', 'fail', 1, m.at,
        case when m.status = 'pending' then clock_timestamp() + interval '7 days' else m.at + interval '1 hour' end,
        case when m.status <> 'pending' then m.at end
      from many m join runs r on r.id = 'run_' || m.id`)
    await tx.execute(sql`
      insert into approval_search (approval_id, project_id, tool_call_id, text)
      select a.id, a.project_id, c.tool_call_id,
        lower(concat_ws(chr(31), a.tool, a.agent_name, a.message, c.description, r.external_id, c.params))
      from many m join approvals a on a.id = 'apr_' || m.id join tool_calls c on c.id = a.call_id
        join runs r on r.id = a.run_id where n <= ${count}::int - 40`)
    await tx.execute(sql`
      insert into approval_events (project_id, approval_id, type, at, seq)
      select ${projectId}, 'apr_' || m.id, 'requested', m.at, case when n <= ${count}::int - 40 then n end from many m`)
  })
  for (const table of ['runs', 'tool_calls', 'approvals', 'approval_search', 'approval_events'])
    await db.execute(sql`vacuum analyze ${sql.identifier(table)}`)
}
