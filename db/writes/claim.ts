import { grantMinutes } from '@/lib/approvals/transition'
import { itemsOfLockedKeys } from '../rights'
import { oneOf, statement } from '../statement'
import { auditColumns, insertEntries } from './audit'
import { allowedToRelease } from './pause'

const columns = {
  key_id: 'text',
  project_id: 'text',
  approval_id: 'text',
  run_id: 'text',
  agent_id: 'text',
  seen_status: 'run_status',
  digest: 'text',
  claim_hash: 'text',
}

const lists = { entries: auditColumns }

/**
 * The one use of an approval, in the order of a settlement: right, pause, run, clock, approval, record. Does nothing unless
 * the key may, nothing is paused, the run is as it was seen and nobody else holds it, and the approval is approved, unused, within its grant
 * and for these very params.
 */
export const claimItem = statement<typeof columns, typeof lists, { at: string; is_stale: boolean }>(
  columns,
  lists,
  (of) => `${allowedToRelease(of, itemsOfLockedKeys(of, 'run'))},
held as materialized (
  select ${of.hand('allowed', 'is_stale')} from ${of.whole('allowed')} cross join lateral (
    select from runs r
    where allowed.n > 0 and r.id = allowed.run_id and (r.project_id = allowed.project_id) is true
      and (r.status = allowed.seen_status) is true
    for no key update skip locked) seen),
clock as materialized (select date_trunc('milliseconds', clock_timestamp()) as at, count(*) from held),
claimed as (
  update approvals a set claimed_at = clock.at, claimed_by = held.key_id, claim_hash = held.claim_hash
  from ${of.whole('held')}, clock
  where ${oneOf('a.id', 'held', 'approval_id', of.whole('held'))} and (a.project_id = held.project_id) is true
    and (a.status = 'approved') is true and a.claimed_at is null
    and clock.at < a.resolved_at + interval '${grantMinutes} minutes'
    and coalesce(a.edited_digest, (select c.digest from tool_calls c where c.id = a.call_id)) = held.digest
  returning held.n, held.is_stale, clock.at),
entry as (${insertEntries('claimed join entries e using (n)', 'claimed.at')})
select n, at, is_stale from claimed`,
  (item) => String(item.run_id),
)
