import { sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import type { ApprovalStatus } from './approvals'

/** What the database knows around a request. Times are RFC 3339 text. */
export type ContextRecord = {
  asked: {
    params: string
    digest: string
    description: string | null
    policyVersion: number
    requestedAt: string
    /** When the version of the policy that held the call was deployed; null where it is the agent's first. */
    policyAt: string | null
    agent: string
    tool: string
    ruleOutcome: 'always' | 'true' | 'unevaluable'
    ruleDetail: string | null
    /** While it waits; null where its policy says nothing of who decides. */
    terms: string | null
  }
  run: {
    id: string
    externalId: string | null
    initiator: string | null
    input: string | null
    isInputCut: boolean
    startedAt: string
    /** Steps before this one, up to 5,000 of each kind. */
    earlier: number
    /** Requests of this run in the minute before this one, with it. */
    inMinute: number
  }
  /** The last before this one, oldest first. */
  steps: ContextStep[]
  /** Other requests of the run, newest first. */
  others: { id: string; tool: string; status: ApprovalStatus; requestedAt: string }[]
  /** How many of this tool were asked for in the 90 days before this one was decided, and ended so, up to 1,001. */
  counts: Record<'approved' | 'rejected' | 'expired', number>
  /** The newest of them, newest first. */
  decided: DecidedCall[]
}

export type ContextStep = {
  id: string
  kind: 'tool' | 'model' | 'message' | 'note'
  name: string
  status: 'succeeded' | 'failed' | null
  says: string | null
  at: string
}

export type DecidedCall = {
  id: string
  status: 'approved' | 'rejected' | 'expired'
  agent: string
  digest: string
  /** Of the params that were asked for, where a reviewer had them changed. */
  requestedDigest: string | null
  /** Null where they are longer than is compared. */
  params: string | null
  requestedAt: string
  resolvedAt: string
  reason: string | null
  reviewer: { id: string; name: string | null; email: string } | null
  runStatus: string
  resultStatus: 'succeeded' | 'failed' | null
}

/** Of each outcome so many of the newest are compared, where their params are at most this long. */
const comparedCalls = 100
const mostComparedBytes = 4096
/** What is counted is counted up to this. */
const countedTo = 1000

/**
 * What stands around one request of a project, in one statement: its run's last steps and other requests, and what
 * became of the calls of the same tool in the 90 days before. What was decided after it itself was is left out.
 * All but the run's own calls is read by an index and up to a bound, however large the project is.
 */
export async function findContext(
  db: Queryable,
  projectId: string,
  approvalId: string,
): Promise<ContextRecord | undefined> {
  const outcomes = sql`unnest(array['approved', 'rejected', 'expired']::approval_status[]) as s(status)`
  const alike = sql`project_id = ${projectId} and tool = asked.tool and status = s.status and status <> 'pending'
    and requested_at > asked.requested_at - interval '90 days' and id <> asked.id
    and requested_at < coalesce(asked.resolved_at, 'infinity')`
  const [row] = await db.execute<ContextRecord>(sql`
    with asked as materialized (
      select a.id, a.run_id, a.call_id, a.agent_id, a.agent_name, a.tool, a.policy_version, a.requested_at, a.resolved_at,
        a.rule_outcome, a.rule_detail, case when a.status = 'pending' then a.terms end as terms, coalesce(a.edited_params, c.params) as params,
        coalesce(a.edited_digest, c.digest) as digest, c.description, c.started_at
      from approvals a join tool_calls c on c.id = a.call_id
      where a.id = ${approvalId} and a.project_id = ${projectId}),
    earlier as materialized (
      select e.* from asked cross join lateral (
        (select id, started_at, true as is_call from tool_calls
          where run_id = asked.run_id and (started_at, id) < (asked.started_at, asked.call_id)
          order by started_at desc limit 5000)
        union all
        (select id, started_at, false from steps
          where run_id = asked.run_id and started_at <= asked.started_at
          order by started_at desc limit 5000)) e),
    last as materialized (select * from earlier order by started_at desc, id desc limit 5),
    step as (
      select c.id, 'tool' as kind, c.tool as name, c.result_status as status, left(coalesce(c.error, c.output), 400) as says,
        c.started_at as at
      from last cross join lateral (select * from tool_calls where id = last.id offset 0) c where last.is_call
      union all
      select s.id, s.kind::text, s.name, null, left(coalesce(s.output, s.input), 400), s.started_at
      from last cross join lateral (select * from steps where id = last.id offset 0) s where not last.is_call),
    other as (
      select a.id, a.tool, a.status, a.requested_at as "requestedAt"
      from asked join approvals a on a.run_id = asked.run_id and a.id <> asked.id
      order by a.requested_at desc, a.id desc limit 10),
    newest as materialized (
      select d.* from asked cross join ${outcomes} cross join lateral (
        select id, status, call_id, run_id, agent_name, requested_at, resolved_at, edited_params, edited_digest
        from approvals
        where ${alike} and (asked.resolved_at is null or resolved_at < asked.resolved_at)
        order by requested_at desc nulls last, id desc nulls last limit ${comparedCalls}) d),
    decided as (
      select n.id, n.status, n.agent_name as agent, coalesce(n.edited_digest, c.digest) as digest,
        case when n.edited_digest is not null then c.digest end as "requestedDigest",
        case when octet_length(coalesce(n.edited_params, c.params)) <= ${mostComparedBytes}
          then coalesce(n.edited_params, c.params) end as params,
        n.requested_at as "requestedAt", n.resolved_at as "resolvedAt", d.reason,
        case when d.reviewer_id is not null then
          json_build_object('id', d.reviewer_id, 'name', d.reviewer_name, 'email', d.reviewer_email) end as reviewer,
        r.status as "runStatus", c.result_status as "resultStatus"
      from newest n
        cross join lateral (select * from tool_calls where id = n.call_id offset 0) c
        cross join lateral (select status from runs where id = n.run_id offset 0) r
        left join lateral (select * from decisions where approval_id = n.id and is_final limit 1) d on true),
    counts as (
      select s.status, (select count(*)::int from (
        select from approvals where ${alike} limit ${countedTo + 1}) counted) as count
      from asked cross join ${outcomes})
    select
      json_build_object('params', asked.params, 'digest', asked.digest, 'description', asked.description,
        'policyVersion', asked.policy_version, 'requestedAt', asked.requested_at, 'agent', asked.agent_name,
        'tool', asked.tool, 'ruleOutcome', asked.rule_outcome, 'ruleDetail', asked.rule_detail, 'terms', asked.terms,
        'policyAt', (select v.deployed_at from agent_versions v
          where v.agent_id = asked.agent_id and v.version = asked.policy_version and v.version > 1)) as asked,
      json_build_object('id', r.id, 'externalId', r.external_id, 'initiator', r.initiator, 'input', left(r.input, 400),
        'isInputCut', coalesce(length(r.input) > 400, false), 'startedAt', r.started_at, 'earlier', (select count(*) from earlier),
        'inMinute', (select count(*) from approvals a where a.run_id = r.id
          and a.requested_at > asked.requested_at - interval '1 minute' and a.requested_at <= asked.requested_at)) as run,
      coalesce((select json_agg(step order by step.at, step.id) from step), '[]') as steps,
      coalesce((select json_agg(other order by other."requestedAt" desc, other.id desc) from other), '[]') as others,
      (select json_object_agg(status, count) from counts) as counts,
      coalesce((select json_agg(decided order by decided."resolvedAt" desc, decided.id desc) from decided), '[]') as decided
    from asked join runs r on r.id = asked.run_id`)
  return row
}
