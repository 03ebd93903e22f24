import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Queryable, Transaction } from '@/db/client'
import { approvals } from '@/db/schema/approvals'
import { runs, toolCalls } from '@/db/schema/runs'

/** A run with something due, and how much of it is pending. */
export type DueRun = { runId: string; pending: number; paramsBytes: number }

/**
 * Runs of the approvals that are longest past their deadline by the database's clock, in the order of their ids.
 * @param most due approvals looked at
 * @param projectId only this project's
 */
export async function listDueRuns(db: Queryable, most: number, projectId?: string): Promise<DueRun[]> {
  // The clock as a subquery is read once, and so can bound the scan of the index.
  const rows = await db.execute<DueRun>(sql`
    with due as (
      select run_id from approvals
      where status = 'pending' and expires_at <= (select clock_timestamp())
        ${projectId === undefined ? sql`` : sql`and project_id = ${projectId}`}
      order by expires_at limit ${most}
    )
    select d.run_id as "runId", p.pending, p.bytes::int as "paramsBytes"
    from (select distinct run_id from due) d cross join lateral (
      select count(*)::int as pending, sum(octet_length(t.params)) as bytes
      from approvals a join tool_calls t on t.id = a.call_id
      where a.run_id = d.run_id and a.status = 'pending'
    ) p
    where p.pending > 0
    order by d.run_id`)
  return [...rows]
}

/**
 * Locks those of the runs that nobody else holds, in the order of their ids, so that no two who lock several
 * wait for each other in a circle.
 */
export async function lockFreeRuns(tx: Transaction, runIds: string[]) {
  return tx
    .select({
      id: runs.id,
      projectId: runs.projectId,
      status: runs.status,
      pendingCount: runs.pendingCount,
      error: runs.error,
      finishedAt: runs.finishedAt,
    })
    .from(runs)
    .where(inArray(runs.id, idsIn(runIds)))
    .orderBy(runs.id)
    .for('update', { skipLocked: true })
}

/** What of several locked runs is pending, in the order of expiring, with the clock of one moment after the locks. */
export async function listPendingOfRuns(tx: Transaction, runIds: string[]) {
  return tx
    .select({
      id: approvals.id,
      projectId: approvals.projectId,
      status: approvals.status,
      runId: approvals.runId,
      toolCallId: toolCalls.toolCallId,
      agentName: approvals.agentName,
      tool: approvals.tool,
      params: toolCalls.params,
      digest: toolCalls.digest,
      ruleTool: approvals.ruleTool,
      ruleCondition: approvals.ruleCondition,
      ruleOutcome: approvals.ruleOutcome,
      ruleDetail: approvals.ruleDetail,
      onRejection: approvals.onRejection,
      policyVersion: approvals.policyVersion,
      requestedAt: approvals.requestedAt,
      expiresAt: approvals.expiresAt,
      resolvedAt: approvals.resolvedAt,
      reason: sql<null>`null`,
      readAt: sql`(select clock_timestamp())`.mapWith((text: string) => new Date(text)),
    })
    .from(approvals)
    .innerJoin(toolCalls, eq(toolCalls.id, approvals.callId))
    .where(and(inArray(approvals.runId, idsIn(runIds)), eq(approvals.status, 'pending')))
    .orderBy(approvals.expiresAt, approvals.id)
}

/** Many ids as one parameter, whatever their number. */
function idsIn(ids: string[]) {
  return sql`(select json_array_elements_text(${JSON.stringify(ids)}::text::json))`
}
