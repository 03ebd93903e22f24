import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Queryable, Transaction } from '@/db/client'
import { approvals } from '@/db/schema/approvals'
import { projects } from '@/db/schema/identity'
import { runs, toolCalls } from '@/db/schema/runs'
import { approvalColumns, ruledColumns } from './approvals'
import { isNotAside } from './set-aside'

/** A run with something due, and how much of it is pending. */
export type DueRun = { id: string; projectId: string; pending: number; bytes: number; isAgain: boolean }

/** So many of the longest due are looked at, to take of each project in turn. */
const lookedAt = 5000

/**
 * Runs of the approvals that are longest past their deadline by the database's clock: the first of each project,
 * then the second, and so on; those whose params are large come last.
 * @param most due approvals taken; `bytes` of params are large for one run
 * @param projectId only this project's
 */
export async function listDueRuns(
  db: Queryable,
  most: { approvals: number; bytes: number },
  projectId?: string,
): Promise<DueRun[]> {
  // The clock as a subquery is read once, and so can bound the scan of the index.
  const rows = await db.execute<DueRun>(sql`
    with oldest as (
      select a.run_id, a.project_id, a.expires_at from approvals a
      where a.status = 'pending' and a.expires_at <= (select clock_timestamp())
        ${projectId === undefined ? sql`` : sql`and a.project_id = ${projectId}`}
        and ${isNotAside('expiry', sql`a.run_id`)}
      order by a.expires_at limit ${lookedAt}
    ), due as (
      select * from (
        select *, row_number() over (partition by project_id order by expires_at) as turn from oldest
      ) o order by turn, expires_at limit ${most.approvals}
    )
    select d.run_id as id, d.project_id as "projectId", p.pending, p.bytes::float8 as bytes, exists (
      select from set_aside s where s.kind = 'expiry' and s.subject_id = d.run_id) as "isAgain"
    from (select run_id, project_id, min(turn) as turn from due group by 1, 2) d cross join lateral (
      select count(*)::int as pending, sum(octet_length(t.params)) as bytes
      from approvals a join tool_calls t on t.id = a.call_id
      where a.run_id = d.run_id and a.status = 'pending'
    ) p
    where p.pending > 0
    order by p.bytes > ${most.bytes}, d.turn, d.run_id`)
  return [...rows]
}

/** Locks a run, unless somebody else holds it. */
export async function lockFreeRun(tx: Transaction, runId: string): Promise<boolean> {
  const rows = await tx
    .select({ id: runs.id })
    .from(runs)
    .where(eq(runs.id, runId))
    .for('update', { skipLocked: true })
  return rows.length > 0
}

/** A pending approval with its run, as of `readAt`; of the params how long they are. */
export type PendingOfRun = Awaited<ReturnType<typeof lookAtPending>>[number]

/** What of several runs is pending, in the order of expiring, with the runs, of one moment. */
export async function lookAtPending(db: Queryable, runIds: string[]) {
  return db
    .select({
      id: approvals.id,
      status: approvals.status,
      runId: approvals.runId,
      toolCallId: toolCalls.toolCallId,
      agentName: approvals.agentName,
      tool: approvals.tool,
      callId: approvals.callId,
      paramsBytes: sql<number>`octet_length(${approvalColumns.params})`,
      digest: approvalColumns.digest,
      ...ruledColumns,
      run: {
        id: runs.id,
        projectId: runs.projectId,
        agentName: runs.agentName,
        externalId: runs.externalId,
        status: runs.status,
        pendingCount: runs.pendingCount,
        startedAt: runs.startedAt,
        error: runs.error,
        finishedAt: runs.finishedAt,
        auditRuns: projects.auditRuns,
      },
      project: {
        id: projects.id,
        slug: projects.slug,
        name: projects.name,
        allowOwnRequest: projects.allowOwnRequest,
      },
      readAt: sql`(select clock_timestamp())`.mapWith((text: string) => new Date(text)),
    })
    .from(approvals)
    .innerJoin(toolCalls, eq(toolCalls.id, approvals.callId))
    .innerJoin(runs, eq(runs.id, approvals.runId))
    .innerJoin(projects, eq(projects.id, approvals.projectId))
    .where(and(inArray(approvals.runId, idsIn(runIds)), eq(approvals.status, 'pending')))
    .orderBy(approvals.expiresAt, approvals.id)
}

/** The params in force of held tool calls, by the calls' ids. */
export async function listParams(tx: Queryable, callIds: string[]): Promise<Map<string, string>> {
  const rows = await tx
    .select({ id: toolCalls.id, params: approvalColumns.params })
    .from(toolCalls)
    .innerJoin(approvals, eq(approvals.callId, toolCalls.id))
    .where(inArray(toolCalls.id, idsIn(callIds)))
  return new Map(rows.map((row) => [row.id, row.params]))
}

/** Many ids as one parameter, whatever their number. */
function idsIn(ids: string[]) {
  return sql`(select json_array_elements_text(${JSON.stringify(ids)}::text::json))`
}
