import { and, eq, exists, ilike, inArray, lte, or, sql, type SQL } from 'drizzle-orm'
import type { Queryable, Transaction } from '@/db/client'
import { approvals, decisions } from '@/db/schema/approvals'
import { runs, toolCalls } from '@/db/schema/runs'
import { decodeCursor, encodeCursor, type Page } from './cursor'

export type ApprovalStatus = (typeof approvals.$inferSelect)['status']

/** An approval with its call, its run's state and its decision, as of `readAt` by the database's clock. */
export type ApprovalRecord = NonNullable<Awaited<ReturnType<typeof findApproval>>>

const columns = {
  id: approvals.id,
  projectId: approvals.projectId,
  status: approvals.status,
  runId: approvals.runId,
  callId: approvals.callId,
  toolCallId: toolCalls.toolCallId,
  agentId: approvals.agentId,
  agentName: approvals.agentName,
  tool: approvals.tool,
  /** The exact text of `params` in the request. */
  params: toolCalls.params,
  digest: toolCalls.digest,
  message: approvals.message,
  description: toolCalls.description,
  ruleTool: approvals.ruleTool,
  ruleCondition: approvals.ruleCondition,
  ruleOutcome: approvals.ruleOutcome,
  ruleDetail: approvals.ruleDetail,
  onRejection: approvals.onRejection,
  policyVersion: approvals.policyVersion,
  requestedAt: approvals.requestedAt,
  expiresAt: approvals.expiresAt,
  resolvedAt: approvals.resolvedAt,
  claimedAt: approvals.claimedAt,
  claimedBy: approvals.claimedBy,
  runStatus: runs.status,
  runExternalId: runs.externalId,
  initiator: runs.initiator,
  resultStatus: toolCalls.resultStatus,
  decision: decisions.decision,
  reason: decisions.reason,
  reviewerId: decisions.reviewerId,
  reviewerName: decisions.reviewerName,
  reviewerEmail: decisions.reviewerEmail,
  via: decisions.via,
  readAt: sql`clock_timestamp()`.mapWith((text: string) => new Date(text)),
}

function selectApprovals(db: Queryable) {
  return db
    .select(columns)
    .from(approvals)
    .innerJoin(toolCalls, eq(toolCalls.id, approvals.callId))
    .innerJoin(runs, eq(runs.id, approvals.runId))
    .leftJoin(decisions, eq(decisions.approvalId, approvals.id))
}

/** One approval of the project, as it stands in the table: a due one may still say `pending`. */
export async function findApproval(db: Queryable, projectId: string, id: string) {
  const [row] = await selectApprovals(db)
    .where(and(eq(approvals.projectId, projectId), eq(approvals.id, id)))
    .limit(1)
  return row
}

/** The approval of one tool call of the project, if the call was gated. */
export async function findApprovalOfCall(db: Queryable, projectId: string, callId: string) {
  const [row] = await selectApprovals(db)
    .where(and(eq(approvals.projectId, projectId), eq(approvals.callId, callId)))
    .limit(1)
  return row
}

/**
 * One approval of the project, its row locked until the transaction ends and read with the clock after.
 * The caller already holds the lock of its run.
 */
export async function lockApproval(tx: Transaction, projectId: string, id: string) {
  const [row] = await selectApprovals(tx)
    .where(and(eq(approvals.projectId, projectId), eq(approvals.id, id)))
    .for('update', { of: approvals })
  return row
}

/** What of a run is past its deadline and still pending, oldest first, locked. */
export async function listDueOfRun(tx: Transaction, projectId: string, runId: string) {
  return selectApprovals(tx)
    .where(
      and(
        eq(approvals.projectId, projectId),
        eq(approvals.runId, runId),
        eq(approvals.status, 'pending'),
        lte(approvals.expiresAt, sql`clock_timestamp()`),
      ),
    )
    .orderBy(approvals.expiresAt, approvals.id)
    .for('update', { of: approvals })
}

/** What of a run is pending, oldest first. */
export async function listPendingOfRun(db: Queryable, projectId: string, runId: string) {
  return selectApprovals(db)
    .where(
      and(eq(approvals.projectId, projectId), eq(approvals.runId, runId), eq(approvals.status, 'pending')),
    )
    .orderBy(approvals.requestedAt, approvals.id)
}

/** Several approvals by id, of any project: for waiters who each proved that theirs is. */
export async function findApprovals(db: Queryable, ids: string[]) {
  return selectApprovals(db).where(inArray(approvals.id, ids))
}

/** All approvals of one run, oldest first. */
export async function listApprovalsOfRun(db: Queryable, projectId: string, runId: string) {
  return selectApprovals(db)
    .where(and(eq(approvals.projectId, projectId), eq(approvals.runId, runId)))
    .orderBy(approvals.requestedAt, approvals.id)
}

export type ApprovalFilter = {
  status?: ApprovalStatus | undefined
  /** All that are not pending; for the console's second list. */
  isDecided?: boolean | undefined
  agent?: string | undefined
  tool?: string | undefined
  /** The run's id or its external id. */
  runId?: string | undefined
  toolCallId?: string | undefined
  /** Text looked for in tool, agent, params, description, message and the run's external id. */
  q?: string | undefined
  /** 1 to 100 */
  limit: number
  cursor?: string | undefined
}

/**
 * A page of approvals: pending first, newest first within.
 * @throws AppError `invalid_cursor`
 */
export async function listApprovals(
  db: Queryable,
  projectId: string,
  filter: ApprovalFilter,
): Promise<Page<ApprovalRecord>> {
  const after = filter.cursor === undefined ? undefined : decodeCursor('approvals', projectId, filter.cursor)
  const isPending = sql<boolean>`(${approvals.status} = 'pending')`
  const rows = await selectApprovals(db)
    .where(
      and(
        eq(approvals.projectId, projectId),
        ...conditions(db, filter),
        after &&
          sql`(${isPending}, ${approvals.requestedAt}, ${approvals.id}) < (${after[0] === '1'}::boolean, ${after[1]}::timestamptz, ${after[2]})`,
      ),
    )
    .orderBy(sql`${isPending} desc`, sql`${approvals.requestedAt} desc`, sql`${approvals.id} desc`)
    .limit(filter.limit + 1)
  const items = rows.slice(0, filter.limit)
  const last = items.at(-1)
  return {
    items,
    nextCursor:
      rows.length > filter.limit && last
        ? encodeCursor('approvals', projectId, [
            last.status === 'pending' ? '1' : '0',
            last.requestedAt.toISOString(),
            last.id,
          ])
        : null,
  }
}

function conditions(db: Queryable, filter: ApprovalFilter): (SQL | undefined)[] {
  const { status, isDecided, agent, tool, runId, toolCallId, q } = filter
  const pattern = q === undefined ? undefined : `%${q.replace(/[\\%_]/g, '\\$&')}%`
  return [
    status && eq(approvals.status, status),
    isDecided === undefined ? undefined : sql`(${approvals.status} <> 'pending') = ${isDecided}`,
    agent === undefined ? undefined : eq(approvals.agentName, agent),
    tool === undefined ? undefined : eq(approvals.tool, tool),
    runId === undefined ? undefined : or(eq(runs.id, runId), eq(runs.externalId, runId)),
    toolCallId === undefined ? undefined : eq(toolCalls.toolCallId, toolCallId),
    pattern === undefined
      ? undefined
      : or(
          ilike(approvals.tool, pattern),
          ilike(approvals.agentName, pattern),
          ilike(toolCalls.params, pattern),
          ilike(toolCalls.description, pattern),
          ilike(approvals.message, pattern),
          ilike(runs.externalId, pattern),
          eq(approvals.id, q ?? ''),
          eq(approvals.runId, q ?? ''),
        ),
  ]
}

/** How many approvals of the project are pending and not yet due; counted up to `most`. */
export async function countPending(db: Queryable, projectId: string, most = 1000): Promise<number> {
  const some = db
    .select({ one: sql`1` })
    .from(approvals)
    .where(
      and(
        eq(approvals.projectId, projectId),
        eq(approvals.status, 'pending'),
        sql`${approvals.expiresAt} > clock_timestamp()`,
      ),
    )
    .limit(most)
    .as('some')
  const [row] = await db.select({ count: sql<number>`count(*)::int` }).from(some)
  return row?.count ?? 0
}

/** Whether an approval of the project has passed its deadline and still says `pending`. */
export async function hasDueApproval(db: Queryable, projectId: string): Promise<boolean> {
  const due = db
    .select({ one: sql`1` })
    .from(approvals)
    .where(
      and(
        eq(approvals.projectId, projectId),
        eq(approvals.status, 'pending'),
        lte(approvals.expiresAt, sql`clock_timestamp()`),
      ),
    )
  const [row] = await db.select({ isDue: exists(due) }).from(sql`(select 1) as one`)
  return row?.isDue === true
}
