import { sql } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { readClock } from '@/db/queries/clock'
import { findApprovals, listParamsBytes } from '@/db/queries/approvals'
import { findProject } from '@/db/queries/members'
import { findLastMailAt, listWaitingItems } from '@/db/queries/mail-items'
import { listOpenApprovals, listReviewers, type Reviewer } from '@/db/queries/recipients'
import { listBrowsers } from '@/db/queries/push'
import { readCues } from '@/lib/approvals/context/read'
import { isDue } from '@/lib/approvals/wire'
import { newId } from '@/lib/ids'
import { addJobs } from '@/lib/jobs/add'
import { upToBytes } from '@/lib/work/in-turns'
import { composeApprovals } from './compose-approvals'
import { queueMail } from './email'
import { heldBack, heldMailJob } from './hold-back'
import { addNoticeJobs, mailJob } from './jobs'
import type { MailInput } from './mail-model'
import { queuePushes } from './push/queue'
import { quietUntil, readQuietHours } from './quiet-hours'
import { whoIsAwaited } from './recipients'
import { isDirect, type ApprovalNoticeKind } from './schemas'
import type { TellDeps } from './tell'
import { noMail } from './tell-people'

const mailLock = 7_340_216
/** Within this time after a mail, more is gathered for the next one. */
const gatherSeconds = 60
/** Approvals that one mail shows, of no more params than this but at least one; the others are counted. */
const mostInMail = { approvals: 100, bytes: 1 << 20 }

/** In a longer mail the first alone say what is to be noted. */
const mostWithCues = 10
const mostMsForCues = 2000

type Browser = Awaited<ReturnType<typeof listBrowsers>>[number]
type Item = { approvalId: string; kind: ApprovalNoticeKind }

/**
 * Gathers what a person is to be told into one mail, and one push to each browser of theirs that is told so, unless the
 * last is less than a minute old: then it is done when that minute is over. Only what is open at this moment and what
 * the person may still decide and wants to hear of is in it; where nothing is left, nothing is sent. In the person's
 * quiet hours what may wait for their end does.
 * @returns what became of it
 */
export async function gatherMail(
  deps: Pick<TellDeps, 'db' | 'appUrl'>,
  projectId: string,
  userId: string,
): Promise<'queued' | 'later' | 'nothing'> {
  return deps.db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${mailLock}, hashtext(${`${projectId}:${userId}`}))`)
    const items = (await listWaitingItems(tx, projectId, userId)) as Item[]
    if (items.length === 0) return 'nothing'
    const [person] = await listReviewers(tx, projectId, userId)
    if (!person || !(person.wantsMail || person.hasPush) || person.isMuted) return drop(tx, userId, items)
    const browsers = person.hasPush ? await listBrowsers(tx, projectId, userId, gatherSeconds) : []
    const lastAt = await findLastAt(tx, projectId, person.address, browsers)
    if (lastAt) {
      await addNoticeJobs(tx, [mailJob(projectId, userId, new Date(lastAt.getTime() + gatherSeconds * 1000))])
      return 'later'
    }
    const tell = (some: Item[]) => tellNow(tx, deps.appUrl, projectId, person, browsers, some)
    const hours = readQuietHours(person.quietHours)
    if (!hours) return tell(items)
    const now = await readClock(tx)
    const until = quietUntil(hours, now)
    if (!until) return tell(items)
    const { open } = await listWanted(tx, person, items)
    const held = await heldBack(tx, projectId, person, open, until, now)
    const told = items.filter(({ approvalId }) => !held.has(approvalId))
    const became = told.length > 0 && (await tell(told))
    if (held.size > 0) await addJobs(tx, [heldMailJob(projectId, userId, until)])
    return became === 'queued' ? became : held.size > 0 ? 'later' : 'nothing'
  })
}

function idsOf(items: Item[]): string[] {
  return [...new Set(items.map(({ approvalId }) => approvalId))]
}

/** When the person was last told by mail or by push, if that is less than a minute ago. */
async function findLastAt(
  tx: Transaction,
  projectId: string,
  address: string,
  browsers: Browser[],
): Promise<Date | undefined> {
  const mailedAt = await findLastMailAt(tx, { projectId, address, kind: 'approval', seconds: gatherSeconds })
  const times = [mailedAt, ...browsers.map(({ toldAt }) => toldAt)].filter((at) => at instanceof Date)
  return times.toSorted((a, b) => b.getTime() - a.getTime())[0]
}

/** Writes the mail and queues the pushes, as the person wants them. */
async function tellNow(
  tx: Transaction,
  appUrl: string,
  projectId: string,
  person: Reviewer,
  browsers: Browser[],
  items: Item[],
): Promise<'queued' | 'nothing'> {
  const project = await findProject(tx, projectId)
  const { open, moreCount } = await listOpen(tx, person, items)
  const [first] = open
  if (!project || !first) return drop(tx, person.userId, items)
  await queuePushes(
    tx,
    browsers.map(({ id }) => id),
    project,
    open,
    moreCount,
  )
  const mailId = person.wantsMail && (await writeMail(tx, appUrl, project, person, open, moreCount))
  await settle(tx, person.userId, items, mailId || noMail)
  return 'queued'
}

async function writeMail(
  tx: Transaction,
  appUrl: string,
  project: MailInput['project'] & { id: string },
  { address }: Reviewer,
  open: MailInput['items'],
  moreCount: number,
): Promise<string | undefined> {
  const items = await withCues(tx, project.id, open)
  const content = await composeApprovals({ project, appUrl, address, items, moreCount })
  return queueMail(tx, {
    ...content,
    // Its items are settled in the same transaction, so it is written once.
    idempotencyKey: `approval:${newId('mail')}`,
    kind: 'approval',
    recipient: address,
    projectId: project.id,
  })
}

/** One after the other, for all are in one transaction. */
async function withCues(tx: Transaction, projectId: string, open: MailInput['items']) {
  const begun = performance.now()
  const items: MailInput['items'] = []
  for (const [at, item] of open.entries()) {
    const isInTime = performance.now() < begun + mostMsForCues
    const cues = at < mostWithCues && isInTime ? await readCues(tx, projectId, item.approval.id) : []
    items.push({ ...item, cues })
  }
  return items
}

/** Requests that await a person, and those of which they are told directly, each with its latest kind. */
async function listWanted(tx: Transaction, person: Reviewer, items: Item[]) {
  const all = await listOpenApprovals(tx, idsOf(items))
  const awaited = new Set(all.filter((one) => whoIsAwaited(one)(person)).map(({ id }) => id))
  const kinds = new Map<string, ApprovalNoticeKind>()
  for (const { approvalId, kind } of items)
    if (awaited.has(approvalId) || isDirect(kind)) kinds.set(approvalId, later(kinds.get(approvalId), kind))
  return { open: all.filter(({ id }) => kinds.has(id)), kinds }
}

/** What is worth a mail, each approval once with its latest kind; the rest is counted. */
async function listOpen(tx: Transaction, person: Reviewer, items: Item[]) {
  const { open: wanted, kinds } = await listWanted(tx, person, items)
  const first = wanted.slice(0, mostInMail.approvals).map((approval) => approval.id)
  const ids = upToBytes(await listParamsBytes(tx, first), mostInMail.bytes).map((approval) => approval.id)
  const records = new Map((await findApprovals(tx, ids)).map((record) => [record.id, record]))
  const open = ids.flatMap((id) => {
    const approval = records.get(id)
    // Decided between the two reads: left out as well.
    return approval?.status === 'pending' && !isDue(approval)
      ? [{ approval, kind: kinds.get(id) ?? 'requested' }]
      : []
  })
  return { open, moreCount: wanted.length - ids.length }
}

const order: ApprovalNoticeKind[] = [
  'requested',
  'your_turn',
  'comment',
  'mention',
  'edited',
  'assigned',
  'half_time',
  'last_call',
]

function later(a: ApprovalNoticeKind | undefined, b: ApprovalNoticeKind): ApprovalNoticeKind {
  return a !== undefined && order.indexOf(a) > order.indexOf(b) ? a : b
}

async function drop(tx: Transaction, userId: string, items: Item[]): Promise<'nothing'> {
  await settle(tx, userId, items, noMail)
  return 'nothing'
}

async function settle(tx: Transaction, userId: string, items: Item[], mailId: string): Promise<void> {
  const list = JSON.stringify(items.map(({ approvalId, kind }) => ({ approval_id: approvalId, kind })))
  await tx.execute(sql`
    update mail_items set mail_id = ${mailId}
    from json_to_recordset(${list}::text::json) as done(approval_id text, kind notice_kind)
    where mail_items.user_id = ${userId} and mail_items.approval_id = done.approval_id
      and mail_items.kind = done.kind and mail_items.mail_id is null`)
}
