import { and, eq, inArray, lte, sql } from 'drizzle-orm'
import { onceFor, type Database, type Queryable } from '@/db/client'
import { approvals, decisions } from '@/db/schema/approvals'
import { runs, toolCalls } from '@/db/schema/runs'
import { isOneOf } from '../one-of'
import { isNotAside } from './set-aside'
import { pauseOf } from './pause'
import { withItsMore, withMore, type More } from './voting'
import { bytesOf, ifWithin, isWithinBytes } from './bounded'

export type ApprovalStatus = (typeof approvals.$inferSelect)['status']

/** An approval as it is read for everybody alike. */
export type ApprovalRow = Awaited<ReturnType<typeof selectApprovals>>[number]

/** An approval with its call, its run's state and its decision, as of `readAt` by the database's clock. */
export type ApprovalRecord = ApprovalRow & { more?: More | undefined }

/** What a decision that ends an approval says. */
export type FinalDecision = 'approve' | 'reject' | 'request_changes'
type DecisionVia = 'console' | 'api' | 'mcp'

/** The decision that ended an approval, of which there is one at most; by it approvals are joined with theirs. */
export const endsApproval = and(eq(decisions.approvalId, approvals.id), decisions.isFinal)

/** By which rule a call is held, and until when. */
export const ruledColumns = {
  ruleTool: approvals.ruleTool,
  ruleCondition: approvals.ruleCondition,
  ruleOutcome: approvals.ruleOutcome,
  ruleDetail: approvals.ruleDetail,
  onRejection: approvals.onRejection,
  policyVersion: approvals.policyVersion,
  requestedAt: approvals.requestedAt,
  expiresAt: approvals.expiresAt,
}

export const approvalColumns = {
  id: approvals.id,
  projectId: approvals.projectId,
  status: approvals.status,
  runId: approvals.runId,
  callId: approvals.callId,
  toolCallId: toolCalls.toolCallId,
  agentId: approvals.agentId,
  agentName: approvals.agentName,
  tool: approvals.tool,
  /** The exact text of the params in force: those of the request, or as a reviewer changed them. */
  params: sql<string>`coalesce(${approvals.editedParams}, ${toolCalls.params})`,
  digest: sql<string>`coalesce(${approvals.editedDigest}, ${toolCalls.digest})`,
  message: approvals.message,
  description: toolCalls.description,
  /** The exact text of `context` in the request. */
  context: sql<string | null>`${toolCalls.context}`,
  metadata: toolCalls.metadata,
  turnId: toolCalls.turnId,
  ...ruledColumns,
  resolvedAt: approvals.resolvedAt,
  claimedAt: approvals.claimedAt,
  claimedBy: approvals.claimedBy,
  claimHash: approvals.claimHash,
  runStatus: runs.status,
  runExternalId: runs.externalId,
  initiator: runs.initiator,
  resultStatus: toolCalls.resultStatus,
  /** RFC 8785 JSON of what the policy demands of who decides; null where one reviewer does. */
  terms: approvals.terms,
  assigneeId: approvals.assigneeId,
  supersedes: approvals.supersedes,
  commentCount: approvals.commentCount,
  /** While nothing of its agent is released. */
  pause: pauseOf(approvals.agentId),
  /** What ended it, where a person did; a withdrawn vote ends nothing. */
  decision: sql<FinalDecision | null>`${decisions.decision}`,
  reason: decisions.reason,
  reviewerId: decisions.reviewerId,
  reviewerName: decisions.reviewerName,
  reviewerEmail: decisions.reviewerEmail,
  via: sql<DecisionVia | null>`${decisions.via}`,
  isOverride: sql<boolean | null>`${decisions.isOverride}`,
  readAt: sql`clock_timestamp()`.mapWith((text: string) => new Date(text)),
}

/** Of many the contexts, which may be as long as params, are read only where they are asked for. */
const columnsOfMany = { ...approvalColumns, context: sql<string | null>`null` }

function selectApprovals(db: Queryable, columns = approvalColumns) {
  return db
    .select(columns)
    .from(approvals)
    .innerJoin(toolCalls, eq(toolCalls.id, approvals.callId))
    .innerJoin(runs, eq(runs.id, approvals.runId))
    .leftJoin(decisions, endsApproval)
}

/** One approval of the project, as it stands in the table: a due one may still say `pending`. */
export async function findApproval(db: Queryable, projectId: string, id: string) {
  const [row] = await selectApprovals(db)
    .where(and(eq(approvals.projectId, projectId), eq(approvals.id, id)))
    .limit(1)
  return withItsMore(db, row)
}

/** The approval of one tool call of the project, if the call was gated. */
export async function findApprovalOfCall(db: Queryable, projectId: string, callId: string) {
  const [row] = await selectApprovals(db)
    .where(and(eq(approvals.projectId, projectId), eq(approvals.callId, callId)))
    .limit(1)
  return withItsMore(db, row)
}

/** The approvals of several tool calls of the project, of those that were gated. */
export async function findApprovalsOfCalls(db: Queryable, projectId: string, callIds: string[]) {
  const rows = await selectApprovals(db).where(
    and(eq(approvals.projectId, projectId), isOneOf(sql`${approvals.callId}`, callIds)),
  )
  return withMore(db, rows)
}

/** What of a run is pending, oldest first. */
export async function listPendingOfRun(db: Queryable, projectId: string, runId: string) {
  return selectApprovals(db, columnsOfMany)
    .where(
      and(eq(approvals.projectId, projectId), eq(approvals.runId, runId), eq(approvals.status, 'pending')),
    )
    .orderBy(approvals.requestedAt, approvals.id)
}

/** Several approvals by id, of any project: for waiters who each proved that theirs is. */
export async function findApprovals(db: Queryable, ids: string[]) {
  return withMore(db, await selectApprovals(db, columnsOfMany).where(inArray(approvals.id, ids)))
}

/** How long the params of several approvals are, in the order of the ids; those that are gone are left out. */
export async function listParamsBytes(
  db: Queryable,
  ids: string[],
): Promise<{ id: string; bytes: number }[]> {
  const rows = await db.execute<{ id: string; bytes: number }>(sql`
    select w.id, octet_length(coalesce(a.edited_params, c.params)) as bytes
    from json_array_elements_text(${JSON.stringify(ids)}::text::json) with ordinality as w(id, n)
      join approvals a on a.id = w.id join tool_calls c on c.id = a.call_id
    order by w.n`)
  return [...rows]
}

/** How a list is read: with all params, with how those begin, or without; and whether with contexts. */
export type ListRead = { params: 'whole' | 'start' | 'none'; context: boolean }

/** So many characters of the params' text are their start. */
export const startCharacters = 2000

/** An approval of a list; of what lies beyond the list's bytes, and where they were not asked for, params are null. */
export type ListedRecord = Omit<ApprovalRecord, 'params'> & {
  params: string | null
  paramsBytes: number
  isWithin: boolean
}

/** Several approvals of the project by id, in no order; `isWithin` counts in the order of the ids. */
export async function findApprovalsOf(
  db: Database,
  projectId: string,
  ids: string[],
  read: ListRead,
): Promise<ListedRecord[]> {
  const find = readsOf(db)[read.params][read.context ? 'withContext' : 'without']
  return withMore(db, await find.execute({ project: projectId, ids: JSON.stringify(ids) }))
}

/** By what they read; built once, since that takes as long as to read a page. */
const readsOf = onceFor((db) => {
  const bothOf = (params: ListRead['params']) => ({
    withContext: buildListed(db, { params, context: true }),
    without: buildListed(db, { params, context: false }),
  })
  return { whole: bothOf('whole'), start: bothOf('start'), none: bothOf('none') }
})

/**
 * Read once, and not drawn into what is around it: each part of a statement that has the ids by themselves is another one
 * for PostgreSQL, which would sort the page again for each.
 */
const asked = sql`(select array(select json_array_elements_text(${sql.placeholder('ids')}::text::json)) as ids offset 0) asked`

function buildListed(db: Database, read: ListRead) {
  const { description, context, metadata } = toolCalls
  const { params } = approvalColumns
  const length = bytesOf(params)
  const size = {
    whole: length,
    start: sql`least(${length}, ${sql.raw(String(startCharacters))})`,
    none: sql`0`,
  }[read.params]
  const others = [
    description,
    metadata,
    ...(read.context ? [context] : []),
    approvals.message,
    approvals.ruleDetail,
    decisions.reason,
  ].map(bytesOf)
  const isWithin = isWithinBytes([size, ...others], sql`array_position(asked.ids, ${approvals.id})`)
  const text = {
    whole: params,
    start: sql`left(${params}, ${sql.raw(String(startCharacters))})`,
    none: sql`null`,
  }[read.params]
  return db
    .select({
      ...columnsOfMany,
      ...(read.context && { context: ifWithin(isWithin, context) }),
      params: ifWithin(isWithin, text),
      paramsBytes: sql<number>`${length}`,
      isWithin,
    })
    .from(approvals)
    .innerJoin(toolCalls, eq(toolCalls.id, approvals.callId))
    .innerJoin(runs, eq(runs.id, approvals.runId))
    .leftJoin(decisions, endsApproval)
    .crossJoin(asked)
    .where(and(eq(approvals.projectId, sql.placeholder('project')), sql`${approvals.id} = any(asked.ids)`))
    .prepare('listed_approvals')
}

/** Written out: a plan for any status could not use the indexes of what is pending. */
const isPending = sql`${approvals.status} = 'pending'`
/** Read once a statement, so that an index can be asked for what is due. */
const clock = sql`(select clock_timestamp())`

/** What is pending is counted exactly up to so many. */
export const mostCounted = 10_000

/** How many approvals of the project are pending and not yet due; counted up to `most`. */
export async function countPending(
  db: Queryable,
  projectId: string,
  most = mostCounted + 1,
): Promise<number> {
  const some = db
    .select({ one: sql`1` })
    .from(approvals)
    .where(and(eq(approvals.projectId, projectId), isPending, sql`${approvals.expiresAt} > ${clock}`))
    .limit(most)
    .as('some')
  const [row] = await db.select({ count: sql<number>`count(*)::int` }).from(some)
  return row?.count ?? 0
}

const dueOf = onceFor((db) =>
  db
    .select({ id: approvals.id })
    .from(approvals)
    .where(
      and(
        eq(approvals.projectId, sql.placeholder('project')),
        isPending,
        lte(approvals.expiresAt, clock),
        isNotAside('expiry', sql`${approvals.runId}`),
      ),
    )
    .orderBy(approvals.expiresAt)
    .limit(1)
    .prepare('due_approval'),
)

/** Whether an approval of the project has passed its deadline, still says `pending` and is not set aside. */
export async function hasDueApproval(db: Database, projectId: string): Promise<boolean> {
  return (await dueOf(db).execute({ project: projectId })).length > 0
}
