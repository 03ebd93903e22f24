import { and, isNull, ne, sql } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { listReviewers, type OpenApproval, type Reviewer } from '@/db/queries/recipients'
import { isOneOf } from '@/db/one-of'
import { notices } from '@/db/schema/notices'
import { newId } from '@/lib/ids'
import { inParts } from '@/lib/work/in-turns'
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

type Line = { userId: string; approvalId: string; projectId: string; happenedAt: Date }
/** Whose mail is to be gathered, in which project. */
export type Mailed = { projectId: string; userId: string }

/** What of an open approval is to be told. */
export type Telling = {
  approval: OpenApproval
  hears: (reviewer: Reviewer) => boolean
  /** When it happened: what was told since is not told again. */
  happenedAt: Date
}

/**
 * Writes what open approvals give to tell: a line in the bell and an item for the next mail or push of
 * everybody who hears of it and wants one. There is one for a person, approval and kind; where the same happens again,
 * it is unread and to be mailed again. A reminder takes the place of what was not read before.
 * @returns whose mail is to be gathered
 */
export async function tellPeople(
  tx: Transaction,
  tellings: Telling[],
  kind: ApprovalNoticeKind,
): Promise<Mailed[]> {
  const inApp: Line[] = []
  const byMail: Line[] = []
  const reviewersOf = new Map<string, Reviewer[]>()
  for (const {
    approval: { projectId },
  } of tellings) {
    if (!reviewersOf.has(projectId)) reviewersOf.set(projectId, await listReviewers(tx, projectId))
  }
  for (const { approval, hears, happenedAt } of tellings) {
    const { id: approvalId, projectId } = approval
    for (const reviewer of reviewersOf.get(projectId) ?? []) {
      if (!hears(reviewer)) continue
      const line = { userId: reviewer.userId, approvalId, projectId, happenedAt }
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

/** What is told of every request is not looked for first. */
const happensOnce = (kind: ApprovalNoticeKind) => kind === 'requested' || kind === 'your_turn'

/** With hundreds who may decide, a few hundred approvals are a hundred thousand lines. */
const linesPerStatement = 2000

async function writeNotices(
  tx: Transaction,
  lines: (Line & { id: string })[],
  kind: ApprovalNoticeKind,
): Promise<void> {
  const again = sql`, again as (
      update notices set created_at = clock_timestamp(), read_at = null, cleared_at = null
      from line where subject_id = "approvalId" and user_id = "userId" and kind = ${kind} and created_at <= "happenedAt"
    )`
  await tx.execute(sql`
    with line as (${linesOf(lines)})${happensOnce(kind) ? sql`` : again}
    insert into notices (id, project_id, user_id, kind, subject_id)
    select line.id, "projectId", "userId", ${kind}::notice_kind, "approvalId" from line
    on conflict do nothing`)
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

async function writeMailItems(tx: Transaction, lines: Line[], kind: ApprovalNoticeKind): Promise<Mailed[]> {
  const again = sql`again as (
      update mail_items set created_at = clock_timestamp(), mail_id = null
      from line where approval_id = "approvalId" and user_id = "userId" and kind = ${kind}
        and mail_id is not null and created_at <= "happenedAt"
      returning project_id, user_id
    ), `
  const isOnce = happensOnce(kind)
  const written = await tx.execute<Mailed>(sql`
    with line as (${linesOf(lines)}), ${isOnce ? sql`` : again}written as (
      insert into mail_items (project_id, user_id, kind, approval_id)
      select "projectId", "userId", ${kind}::notice_kind, "approvalId" from line
      on conflict do nothing returning project_id, user_id
    )
    select distinct project_id as "projectId", user_id as "userId"
    from (select * from written ${isOnce ? sql`` : sql`union all select * from again`}) told`)
  return [...written]
}

const linesOf = (lines: Line[]) => sql`select * from json_to_recordset(${JSON.stringify(lines)}::text::json)
  as line(id text, "projectId" text, "userId" text, "approvalId" text, "happenedAt" timestamptz)`

/** Settles everything that was told of approvals that are no longer open, and drops what was still to be mailed. */
export async function clearNotices(tx: Transaction, approvalIds: string[]): Promise<void> {
  await tx
    .update(notices)
    .set({ clearedAt: sql`clock_timestamp()` })
    .where(and(isOneOf(notices.subjectId, approvalIds), isNull(notices.clearedAt)))
  await tx.execute(sql`
    update mail_items set mail_id = ${noMail} where ${isOneOf(sql`approval_id`, approvalIds)} and mail_id is null`)
}
