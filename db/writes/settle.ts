import {
  credentialColumns,
  credentialKind,
  credentialsThatOpen,
  itemsThatMay,
  kindOfCredentials,
  type CredentialKind,
  type CredentialsKind,
} from '../rights'
import type { Queryable } from '../client'
import { oneOf, statement, type Item, type Parts, type Reading, type Rows } from '../statement'
import { auditColumns, insertEntries } from './audit'

/** An approval that leaves `pending`. */
export type Change = {
  approval_id: string
  status: 'approved' | 'rejected' | 'expired' | 'cancelled'
  at: string
  /** Whether its own deadline bounds it; not what is cancelled because its run ends. */
  in_time: boolean
}

const changeColumns = {
  approval_id: 'text',
  status: 'approval_status',
  at: 'timestamptz',
  in_time: 'boolean',
}

const decisionColumns = {
  id: 'text',
  approval_id: 'text',
  reviewer_id: 'text',
  reviewer_name: 'text',
  reviewer_email: 'text',
  decision: 'decision_kind',
  reason: 'text',
  via: 'decision_via',
  is_override: 'boolean',
  seat_id: 'text',
  digest: 'text',
  params: 'text',
}

const columns = {
  ...credentialColumns,
  project_id: 'text',
  run_id: 'text',
  seen_status: 'run_status',
  seen_pending: 'integer',
  run_status: 'run_status',
  run_pending: 'integer',
  run_error: 'text',
  run_output: 'text',
  run_truncated: 'integer',
  run_finished: 'timestamptz',
  now: 'timestamptz',
  fresh_until: 'timestamptz',
  /** How many. */
  changes: 'integer',
  waiting: 'text[]',
}

const lists = { change: changeColumns, entry: auditColumns, decision: decisionColumns }

/**
 * The one door out of `pending`: what is settled in a run, by a decision, at a deadline, by a withdrawal or with the
 * run's end, with its records. All of an item is done, or nothing. In this order, because each part feeds on the one
 * before: setting, right, run, clock, approvals, the rest; and at the end the clock once more, for what was written may
 * have waited for somebody: nothing but an expiry is committed that was written after a deadline.
 *
 * Nothing is done unless the credential may, the run is as it was seen, not long ago, and nobody else holds it, all of
 * the approvals are pending, and their deadlines have not passed, or, of those that expire, have.
 */
export function settleItem(
  db: Queryable,
  item: Item<typeof columns> & {
    /** Whether the person decides on what is done on their behalf, which the project has to allow. */
    is_own: boolean
    waiting: string[]
  },
  rows: Rows<typeof lists>,
): Promise<{ live: string[] } | undefined> {
  const kind = credentialKind(item)
  const waiters = kindOfCredentials(item.waiting)
  const name = `${kind} ${item.is_own} ${waiters}`
  const one = settlements.get(name) ?? settlement(kind, item.is_own, waiters)
  settlements.set(name, one)
  return one(db, item, rows)
}

/** Whether all that an item wanted settled was; `settled_whole` says what was not, and is called for that alone. */
const isWhole = 'coalesce(acted.count, 0) = acted.changes'

/** The statement for such as have the same to prove, since PostgreSQL pays for each part, needed or not. */
const settlement = (kind: CredentialKind, isOwn: boolean, waiters: CredentialsKind) =>
  statement<typeof columns, typeof lists, { live: string[] }>(
    columns,
    lists,
    settling(kind, isOwn, waiters),
    (item) => String(item.run_id),
  )

const settling =
  (kind: CredentialKind, isOwn: boolean, waiters: CredentialsKind): Parts =>
  (of) => {
    const { hand, whole } = of
    return `${isOwn ? ownAllowed(of) : ''}allowed as materialized (${itemsThatMay(of, isOwn ? whole('permitted', 'item') : 'item', kind)}),
held as materialized (
  select * from (
    select ${hand('allowed')}, allowed.fresh_until as until, clock_timestamp() as written
    from ${whole('allowed')} cross join lateral (
      select from runs r
      where allowed.n > 0 and r.id = allowed.run_id and (r.project_id = allowed.project_id) is true
        and (r.status = allowed.seen_status) is true and r.pending_count = allowed.seen_pending
      for no key update skip locked) seen
    offset 0) timed
  where written < until),
wanted as materialized (select held.project_id, held.written, change.* from ${whole('held')} join change using (n)),
settled as (
  update approvals a set status = wanted.status, resolved_at = wanted.at from wanted
  where ${oneOf('a.id', 'wanted', 'approval_id')} and (a.project_id = wanted.project_id) is true
    and (a.status = 'pending') is true
    and case when wanted.status = 'expired' then wanted.written >= a.expires_at
      else not wanted.in_time or wanted.written < a.expires_at end
  returning wanted.n, wanted.place, wanted.approval_id, wanted.project_id, wanted.status,
    case when wanted.in_time then a.expires_at end as deadline),
acted as materialized (
  select ${hand('held', 'written')}, done.count, done.deadline from ${whole('held')}
  left join (select n, count(*) as count, min(deadline) as deadline from settled group by n) done using (n)
  where done.n is not null or held.changes = 0),
decided as (
  insert into decisions (id, approval_id, project_id, reviewer_id, reviewer_name, reviewer_email, decision, reason, via,
    is_override, seat_id, digest, params, at)
  select d.id, d.approval_id, acted.project_id, d.reviewer_id, d.reviewer_name, d.reviewer_email,
    d.decision, d.reason, d.via, d.is_override, d.seat_id, d.digest, d.params, acted.now
  from ${whole('acted')} join decision d using (n)
  returning 1),
moved as (
  update runs set status = acted.run_status, pending_count = acted.run_pending,
    error = coalesce(acted.run_error, runs.error), output = coalesce(acted.run_output, runs.output),
    truncated_bytes = coalesce(acted.run_truncated, runs.truncated_bytes),
    finished_at = coalesce(acted.run_finished, runs.finished_at)
  from ${whole('acted')} where ${oneOf('runs.id', 'acted', 'run_id', whole('acted'))}
  returning 1),
recorded as (
  ${insertEntries('acted join entry e using (n)', 'acted.written')}
  returning 1),
told as (
  insert into approval_events (project_id, approval_id, type)
  select project_id, approval_id, status::text::approval_event_type from settled order by place
  returning 1)
select acted.n, ${waiters === 'none' ? `'{}'::text[]` : `array(${credentialsThatOpen('acted.waiting', 'acted.project_id', waiters)})`} as live
from ${whole('acted')}
where case
  when (select count(*) from (select from decided union all select from moved union all select from recorded
      union all select from told) written) >= 0
    and ${isWhole} and (acted.deadline is null or clock_timestamp() < acted.deadline) then true
  else settled_whole(null, ${isWhole}, acted.deadline) end`
  }

const settlements = new Map<string, ReturnType<typeof settlement>>()

const ownAllowed = ({ hand }: Reading) => `permitted as materialized (
  select ${hand('item')} from item where exists (
    select 1 from projects p where p.id = item.project_id and p.allow_own_request for share skip locked)),
`

/** What the database answers where a settlement would not have been whole or in time; nothing of it was done. */
const notSettled = 'HP001'

/** The same, said by us: what was begun has to be undone. */
export class NotSettled extends Error {
  readonly code = notSettled
}

/** Whether an error says that. */
export function isNotSettled(error: unknown): boolean {
  for (let one = error; one instanceof Error; one = one.cause)
    if ((one as { code?: unknown }).code === notSettled) return true
  return false
}
