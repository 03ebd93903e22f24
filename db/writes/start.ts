import { itemsOfLockedKeys } from '../rights'
import { oneOf, statement } from '../statement'
import { allowedToRelease } from './pause'

const columns = {
  key_id: 'text',
  project_id: 'text',
  run_id: 'text',
  agent_id: 'text',
  call_id: 'text',
  start_hash: 'text',
}

const lists = {}

/**
 * The one start of a call that needs no approval and was asked for before: right, pause, run, call. Does nothing unless
 * the key may, nothing is paused, the run goes on and nobody else holds it, and the call was neither started nor has a result.
 */
export const startItem = statement<typeof columns, typeof lists, object>(
  columns,
  lists,
  (of) => `${allowedToRelease(of, itemsOfLockedKeys(of, 'run'))},
held as materialized (
  select ${of.hand('allowed')} from ${of.whole('allowed')} cross join lateral (
    select id from runs r
    where allowed.n > 0 and r.id = allowed.run_id and (r.project_id = allowed.project_id) is true and (r.finished_at is null) is true
    for share skip locked) seen),
started as (
  update tool_calls c set start_hash = held.start_hash from ${of.whole('held')}
  where ${oneOf('c.id', 'held', 'call_id', of.whole('held'))} and (c.project_id = held.project_id) is true
    and not c.required and c.start_hash is null and c.result_status is null
  returning held.n)
select n from started`,
  (item) => String(item.call_id),
)
