import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { digestOf } from '@/lib/json/digest'
import { readJson } from '@/lib/json/read'
import type { Mismatch } from './schemas'

/** Approvals read by one statement, and params hashed at a time. */
const batchSize = 200
const sliceBytes = 8 << 20
/** So many are told; then the comparison ends. */
export const mostMismatches = 100

type Entry = {
  action: string
  actor: string
  digest: string | null
  reason: string | null
  isErased: boolean
}
/** First those that may still change: what is decided meanwhile is met under its new status. */
const statuses = ['pending', 'approved', 'rejected', 'expired', 'cancelled']

type Place = { requestedAt: string; id: string }
type Compared = Place & {
  status: string
  tool: string
  digest: string
  bytes: number
  reviewer: string | null
  decision: string | null
  /** Nobody was asked. */
  isDenied: boolean
  reason: string | null
  isClaimed: boolean
  claimedBy: string | null
  /** Whether what was recorded of its end, and of its claim, may have been pruned. */
  isEndPruned: boolean
  isClaimPruned: boolean
  entries: Entry[]
}

/**
 * Compares every approval of a project with what the log says of it, and its params with their digest: an approval
 * that was decided, expired, was cancelled or claimed has its one entry that says so, with the same reviewer, reason
 * and digest, and one that was not has none. In batches in the order of an index, so that neither a statement nor the
 * memory grows with the number of approvals, of this project or others; each batch is read as of one moment. What pruning and erasing have taken is not missed.
 * @returns how many were compared, and at most 100 that do not agree
 */
export async function compareApprovals(
  db: Database,
  projectId: string,
): Promise<{ compared: number; mismatches: Mismatch[] }> {
  const mismatches: Mismatch[] = []
  let compared = 0
  for (const status of statuses) {
    for (let last: Place | undefined; ;) {
      const batch = await readBatch(db, projectId, status, last)
      for (const one of batch) mismatches.push(...compare(one))
      for (const ids of slices(batch)) mismatches.push(...(await compareParams(db, ids)))
      compared += batch.length
      last = batch.at(-1)
      if (mismatches.length >= mostMismatches)
        return { compared, mismatches: mismatches.slice(0, mostMismatches) }
      if (!last) break
    }
  }
  return { compared, mismatches }
}

/** The details of entries stay in the database, which takes out of them what is compared. */
async function readBatch(
  db: Database,
  projectId: string,
  status: string,
  after: Place | undefined,
): Promise<Compared[]> {
  const isAfter = after
    ? sql`and (requested_at, id) < (${after.requestedAt}::timestamptz, ${after.id})`
    : sql``
  return db.execute<Compared>(sql`
    with pruned as (
      select coalesce((select at from audit_prunings where project_id = ${projectId} order by through_seq desc limit 1),
        '-infinity') as at
    )
    select a.id, a.requested_at::text as "requestedAt", a.status, a.tool, coalesce(a.edited_digest, c.digest) as digest,
      octet_length(c.params) + coalesce(octet_length(a.edited_params), 0) as bytes, d.reviewer_id as reviewer,
      d.decision, d.reason, a.action = 'deny' as "isDenied", a.claimed_at is not null as "isClaimed", a.claimed_by as "claimedBy",
      (a.resolved_at <= pruned.at) is true as "isEndPruned", (a.claimed_at <= pruned.at) is true as "isClaimPruned",
      e.entries
    from (
      select * from approvals where project_id = ${projectId} and status = ${status}::approval_status ${isAfter}
      order by requested_at desc, id desc limit ${batchSize}
    ) a
    cross join pruned
    join tool_calls c on c.id = a.call_id
    left join decisions d on d.approval_id = a.id and d.is_final
    cross join lateral (
      select coalesce(json_agg(json_build_object('action', action, 'actor', actor_id, 'digest', detail::json->>'digest',
        'reason', detail::json->>'reason', 'isErased', erased_at is not null) order by at, ordinal), '[]') as entries
      from audit_entries
      where project_id = ${projectId} and target_id = a.id and action in
        ('approval.approved', 'approval.rejected', 'approval.changes_requested', 'approval.expired', 'approval.cancelled',
          'approval.denied', 'approval.claimed')
    ) e
    order by a.requested_at desc, a.id desc`)
}

/** What is on record of an end, and the decision that makes it. */
function endOf({ status, decision, isDenied }: Compared): { action: string; decision: string | null } {
  if (isDenied) return { action: 'approval.denied', decision: null }
  const isChange = status === 'rejected' && decision === 'request_changes'
  if (isChange) return { action: 'approval.changes_requested', decision }
  return { action: `approval.${status}`, decision: decisionOf[status] ?? null }
}

const decisionOf: Record<string, string> = { approved: 'approve', rejected: 'reject' }

function compare(one: Compared): Mismatch[] {
  const say = (what: Mismatch['what'], detail: string) => [{ approval_id: one.id, what, detail }]
  const ends = one.entries.filter(({ action }) => action !== 'approval.claimed')
  const [end] = ends
  if (ends.length > 1) return say('status', `${ends.length} outcomes are on record.`)
  if (one.status === 'pending')
    return end ? say('status', `It is pending, and ${end.action} is on record.`) : compareClaim(one)
  if (!end) {
    return one.isEndPruned ? [] : say('entry_missing', `It is ${one.status}, and no entry says so.`)
  }
  const expected = endOf(one)
  if (end.action !== expected.action)
    return say('status', `It is ${one.status}, and ${end.action} is on record.`)
  if (!end.isErased && end.digest !== one.digest) return say('digest', 'Its digest is not the recorded one.')
  if (one.decision !== expected.decision)
    return say('decision', `It is ${one.status}, and its decision is ${one.decision ?? 'missing'}.`)
  if (one.decision !== null && one.reviewer !== end.actor)
    return say('reviewer', `It says ${one.reviewer}, the record says ${end.actor}.`)
  if (!end.isErased && one.decision !== null && one.reason !== end.reason)
    return say('reason', 'Its reason is not the recorded one.')
  return compareClaim(one)
}

/** One that was used has its claim on record, so that none can be made unused again. */
function compareClaim(one: Compared): Mismatch[] {
  const claims = one.entries.filter(({ action }) => action === 'approval.claimed')
  const say = (detail: string): Mismatch[] => [{ approval_id: one.id, what: 'claim', detail }]
  if (!one.isClaimed) return claims.length === 0 ? [] : say('It is unclaimed, and a claim is on record.')
  if (claims.length === 0 && one.isClaimPruned) return []
  if (claims.length !== 1) return say(`It is claimed, and ${claims.length} claims are on record.`)
  const [claim] = claims
  if (claim?.actor !== one.claimedBy)
    return say(`It says ${one.claimedBy} claimed it, the record says ${claim?.actor}.`)
  return claim.isErased || claim.digest === one.digest
    ? []
    : say('Its digest is not that of the recorded claim.')
}

function* slices(batch: Compared[]): Generator<string[]> {
  let ids: string[] = []
  let bytes = 0
  for (const one of batch) {
    if (ids.length > 0 && bytes + one.bytes > sliceBytes) {
      yield ids
      ids = []
      bytes = 0
    }
    ids.push(one.id)
    bytes += one.bytes
  }
  if (ids.length > 0) yield ids
}

async function compareParams(db: Database, ids: string[]): Promise<Mismatch[]> {
  const rows = await db.execute<{
    id: string
    tool: string
    calledTool: string
    params: string
    digest: string
    editedParams: string | null
    editedDigest: string | null
  }>(sql`
    select a.id, a.tool, c.tool as "calledTool", c.params, c.digest, a.edited_params as "editedParams",
      a.edited_digest as "editedDigest" from approvals a join tool_calls c on c.id = a.call_id
    where a.id = any(array(select json_array_elements_text(${JSON.stringify(ids)}::text::json)))`)
  return rows.flatMap(({ id, tool, calledTool, params, digest, editedParams, editedDigest }) => {
    const isSound =
      tool === calledTool &&
      isDigestOf(tool, params, digest) &&
      (editedParams === null || isDigestOf(tool, editedParams, editedDigest))
    if (isSound) return []
    return [
      { approval_id: id, what: 'params' as const, detail: 'Its tool or params do not have its digest.' },
    ]
  })
}

/**
 * Whether it is the digest, or what that was while whole numbers beyond 2^53 were taken as doubles, by RFC 8785 to the
 * letter, which had none for a number that no double reaches.
 */
function isDigestOf(tool: string, params: string, digest: string | null): boolean {
  try {
    return digestOf(tool, readJson(params)) === digest || digestOf(tool, JSON.parse(params)) === digest
  } catch {
    return false
  }
}
