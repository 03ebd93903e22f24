import { and, isNull, ne, sql } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { listReviewers, type OpenApproval, type Reviewer } from '@/db/queries/recipients'
import { isOneOf } from '@/db/one-of'
import { notices } from '@/db/schema/notices'
import { newId } from '@/lib/ids'
import { inParts } from '@/lib/work/in-turns'
import { wantsToHear } from './recipients'
import type { ApprovalNoticeKind } from './schemas'

const noticesLock = 7_340_218

/** Stands in for the mail of an item that was no longer worth one. */
export const noMail = '-'

/**
 * Lets one transaction at a time tell of an approval, until it ends: a request that is told late must not
 * write notices beside the job that clears them. The approvals themselves are not locked; decisions never wait.
 */
export async function lockNoticesOf(tx: Transaction, approvalIds: string[]): Promise<void> {
  await tx.execute(sql`
    select count(pg_advisory_xact_lock(${noticesLock}, hash))
    from (select distinct hashtext(id) as hash from json_array_elements_text(${JSON.stringify(approvalIds)}::text::json) as ids(id) order by 1) as hashes`)
}

type Line = { userId: string; approvalId: string; projectId: string }
/** Whose mail is to be gathered, in which project. */
export type Mailed = { projectId: string; userId: string }

/**
 * Writes what open approvals give to tell: a line in the bell and an item for the next mail or push of
 * everybody who wants one, each once for a person, approval and kind. A reminder takes the place of what was not read before.
 * @param only these, who are meant themselves, whatever they want to hear of
 * @returns whose mail is to be gathered
 */
export async function tellPeople(
  tx: Transaction,
  approvals: OpenApproval[],
  kind: ApprovalNoticeKind,
  only?: ReadonlySet<string>,
): Promise<Mailed[]> {
  const inApp: Line[] = []
  const byMail: Line[] = []
  const reviewersOf = new Map<string, Reviewer[]>()
  for (const { projectId } of approvals) {
    if (!reviewersOf.has(projectId)) reviewersOf.set(projectId, await listReviewers(tx, projectId))
  }
  for (const approval of approvals) {
    const { id: approvalId, projectId } = approval
    for (const reviewer of reviewersOf.get(projectId) ?? []) {
      const isTold = only ? only.has(reviewer.userId) && !reviewer.isMuted : wantsToHear(reviewer, approval)
      if (!isTold) continue
      const line = { userId: reviewer.userId, approvalId, projectId }
      if (reviewer.wantsInApp) inApp.push(line)
      if (reviewer.wantsMail || reviewer.hasPush) byMail.push(line)
    }
  }
  // One transaction gives all the same moment, so their ids decide the order: that of the lines.
  const ids = inApp.map(() => newId('notice')).sort()
  const notices = inApp.map((line, at) => ({ ...line, id: ids[at] ?? '' }))
  for (const some of inParts(notices, linesPerStatement)) await writeNotices(tx, some, kind)
  const mailed = new Map<string, Mailed>()
  for (const some of inParts(byMail, linesPerStatement)) {
    for (const one of await writeMailItems(tx, some, kind)) mailed.set(`${one.projectId} ${one.userId}`, one)
  }
  return [...mailed.values()]
}

/** With hundreds who may decide, a few hundred approvals are a hundred thousand lines. */
const linesPerStatement = 2000

async function writeNotices(
  tx: Transaction,
  lines: (Line & { id: string })[],
  kind: ApprovalNoticeKind,
): Promise<void> {
  const rows = JSON.stringify(lines)
  await tx.execute(sql`
    insert into notices (id, project_id, user_id, kind, subject_id)
    select id, "projectId", "userId", ${kind}::notice_kind, "approvalId"
    from json_to_recordset(${rows}::text::json) as line(id text, "projectId" text, "userId" text, "approvalId" text)
    on conflict ${isRenewed(kind) ? renewed : sql`do nothing`}`)
  if (kind !== 'half_time' && kind !== 'last_call') return
  await tx
    .update(notices)
    .set({ readAt: sql`clock_timestamp()` })
    .where(
      and(
        isOneOf(
          notices.subjectId,
          lines.map((line) => line.approvalId),
        ),
        isOneOf(
          notices.userId,
          lines.map((line) => line.userId),
        ),
        ne(notices.kind, kind),
        isNull(notices.readAt),
      ),
    )
}

/** What may happen again: of several the bell tells the last. */
const isRenewed = (kind: ApprovalNoticeKind) => kind === 'edited' || kind === 'comment'
const renewed = sql`(user_id, subject_id, kind) do update
  set created_at = clock_timestamp(), read_at = null, cleared_at = null`

async function writeMailItems(tx: Transaction, lines: Line[], kind: ApprovalNoticeKind): Promise<Mailed[]> {
  const written = await tx.execute<Mailed>(sql`
    with written as (
      insert into mail_items (project_id, user_id, kind, approval_id)
      select "projectId", "userId", ${kind}::notice_kind, "approvalId"
      from json_to_recordset(${JSON.stringify(lines)}::text::json) as line("projectId" text, "userId" text, "approvalId" text)
      on conflict do nothing returning project_id, user_id
    )
    select distinct project_id as "projectId", user_id as "userId" from written`)
  return [...written]
}

/** Settles everything that was told of approvals that are no longer open, and drops what was still to be mailed. */
export async function clearNotices(tx: Transaction, approvalIds: string[]): Promise<void> {
  await tx
    .update(notices)
    .set({ clearedAt: sql`clock_timestamp()` })
    .where(and(isOneOf(notices.subjectId, approvalIds), isNull(notices.clearedAt)))
  await tx.execute(sql`
    update mail_items set mail_id = ${noMail} where ${isOneOf(sql`approval_id`, approvalIds)} and mail_id is null`)
}
