import type { Queryable } from '../client'
import { itemsOfKeys } from '../rights'
import {
  oneOf,
  statement,
  type Columns,
  type Item,
  type Lists,
  type Parts,
  type Reading,
  type Rows,
} from '../statement'
import { auditColumns, insertEntries } from './audit'
import { allowedToRelease } from './pause'

const runColumns = {
  key_id: 'text',
  project_id: 'text',
  run_id: 'text',
  agent_id: 'text',
  agent_name: 'text',
  version: 'integer',
  run_status: 'run_status',
  run_pending: 'integer',
  seen_status: 'run_status',
  seen_pending: 'integer',
}

const callColumns = {
  call_id: 'text',
  tool_call_id: 'text',
  ask_key: 'text',
  tool: 'text',
  params: 'text',
  params_schema: 'text',
  digest: 'text',
  context: 'text',
  description: 'text',
  metadata: 'text',
  turn_id: 'text',
  start_hash: 'text',
  call_version: 'integer',
  now: 'timestamptz',
}

const approvalColumns = {
  approval_id: 'text',
  message: 'text',
  rule_tool: 'text',
  rule_condition: 'text',
  rule_outcome: 'rule_outcome',
  rule_detail: 'text',
  on_rejection: 'on_rejection',
  expires_at: 'timestamptz',
  next_step_at: 'timestamptz',
  terms: 'text',
  pools: 'text[]',
  supersedes: 'text',
}

/** What is held is asked for under the flags too: nothing may come to wait in a project that was archived. */
const allowed: Parts = (of) => `allowed as materialized (
  ${itemsOfKeys(of, 'run')} where may_release(item.agent_id, item.project_id))`
/** Where some of the calls may run at once. */
const allowedFree: Parts = (of) => allowedToRelease(of, itemsOfKeys(of, 'run'))
const entry: Parts = () => `entry as (${insertEntries('held join entries e using (n)', 'clock_timestamp()')})`

/** The asks whose run is there: `held`. */
const newRun: Parts = ({ whole }) => `held as materialized (select * from allowed),
run as (
  insert into runs (id, project_id, agent_id, agent_name, policy_version, status, pending_count, started_at)
  select run_id, project_id, agent_id, agent_name, version, run_status, run_pending, now from ${whole('held')})`

const seenRun = (
  { hand, whole }: Reading,
  lock: string,
) => `select ${hand('allowed')} from ${whole('allowed')} cross join lateral (
    select from runs r
    where allowed.n > 0 and r.id = allowed.run_id and (r.project_id = allowed.project_id) is true
      and (r.status = allowed.seen_status) is true and r.pending_count = allowed.seen_pending
    for ${lock} skip locked) seen`

const sameRun: Parts = (of) => `held as materialized (
  ${seenRun(of, 'no key update')}),
run as (
  update runs set status = held.run_status, pending_count = held.run_pending from ${of.whole('held')}
  where ${oneOf('runs.id', 'held', 'run_id', of.whole('held'))} and held.run_pending <> held.seen_pending)`

/** Nobody can end the run before the call is written; more than one may ask for such calls at once. */
const openRun: Parts = (of) => `held as materialized (
  ${seenRun(of, 'share')})`

/** @param from the calls, `order` of several of one ask */
const calls = (from: string, required: string, order = '') => `call as (
  insert into tool_calls (id, project_id, run_id, agent_id, tool_call_id, ask_key, tool, params, params_schema, digest, context,
    description, metadata, turn_id, start_hash, required, policy_version, started_at)
  select call_id, project_id, run_id, agent_id, tool_call_id, ask_key, tool, params, params_schema, digest, context,
    description, metadata, turn_id, start_hash, ${required}, call_version, now
  from ${from}${order})`

const approvals = (from: string, order = '') => `approval as (
  insert into approvals (id, project_id, run_id, call_id, agent_id, agent_name, tool, status, message, rule_tool,
    rule_condition, rule_outcome, rule_detail, on_rejection, policy_version, requested_at, expires_at,
    next_step_at, terms, pools, supersedes)
  select approval_id, project_id, run_id, call_id, agent_id, agent_name, tool, 'pending', message, rule_tool,
    rule_condition, rule_outcome, rule_detail, on_rejection, call_version, now, expires_at, next_step_at, terms,
    pools, supersedes
  from ${from}${order}),
event as (
  insert into approval_events (project_id, approval_id, type)
  select project_id, approval_id, 'requested' from ${from}${order})`

const oneOfMany = { ...callColumns, ...approvalColumns, required: 'boolean' }

/** Several calls of one run, some of which may be held. */
const many: Parts = ({ whole }) => `asked as materialized (
  select held.project_id, held.run_id, held.agent_id, held.agent_name, calls.* from ${whole('held')} join calls using (n)),
${calls('asked', 'required', ' order by n, place')},
gated as materialized (select * from asked where required),
${approvals('gated', ' order by n, place')}`

const freeCall: Parts = ({ whole }) => calls(whole('held'), 'false')
const gatedCall: Parts = ({ whole }) => calls(whole('held'), 'true')
const approval: Parts = ({ whole }) => approvals(whole('held'))

type Named = Record<string, unknown>
const askKey = (item: Named) =>
  item.ask_key === null ? null : `${String(item.agent_id)} ${String(item.ask_key)}`
const callKey = (item: Named) => `${String(item.run_id)} ${String(item.tool_call_id)}`
const runKey = (item: Named) => String(item.run_id)

const asking = <C extends Columns, L extends Lists>(
  columns: C,
  lists: L,
  parts: Parts[],
  apart: (item: Named) => string | null,
) =>
  statement<C, L, object>(
    columns,
    lists,
    (of) => `${parts.map((part) => part(of)).join(',\n')}\nselect n from held`,
    apart,
  )

const freeColumns = { ...runColumns, ...callColumns }
const heldColumns = { ...freeColumns, ...approvalColumns }

type Entries = Rows<{ entries: typeof auditColumns }>

/** In a run of its own, whose start is recorded where the project wants that; the others do not pay for that part. */
function askingInNewRun<C extends Columns>(columns: C, parts: Parts[]) {
  const unrecorded = asking(columns, {}, parts, askKey)
  const recorded = asking(columns, { entries: auditColumns }, [...parts, entry], askKey)
  return (db: Queryable, item: Item<C>, rows: Entries) =>
    rows.entries.length === 0 ? unrecorded(db, item) : recorded(db, item, rows)
}

/*
 * A call that is asked for: with a run of its own or in one that goes on and is as it was seen; free to run, or held by
 * an approval. Nothing is done for a key that may not, where somebody else holds the run, or where the agent or the
 * project is paused, or the project archived.
 */
export const writeFreeInNewRun = askingInNewRun(freeColumns, [allowedFree, newRun, freeCall])
export const writeFreeInRun = asking(freeColumns, {}, [allowedFree, openRun, freeCall], callKey)
export const writeHeldInNewRun = askingInNewRun(heldColumns, [allowed, newRun, gatedCall, approval])
export const writeHeldInRun = asking(heldColumns, {}, [allowed, sameRun, gatedCall, approval], runKey)

/** Several calls that are asked for together in one run that is as it was seen: all of them, or none. */
export const writeManyInRun = asking(runColumns, { calls: oneOfMany }, [allowedFree, sameRun, many], runKey)

const takenOnce = new Set(['tool_calls_ask_key', 'tool_calls_run_call_key', 'approvals_superseded'])

/** Whether an error says that another ask was first with the same id of the call, or in the same one's place. */
export function isTakenKey(error: unknown): boolean {
  for (let one = error; one instanceof Error; one = one.cause) {
    const { constraint_name: name } = one as { constraint_name?: string }
    if (name !== undefined && takenOnce.has(name)) return true
  }
  return false
}
