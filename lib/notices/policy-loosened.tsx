import { sql } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { findProject } from '@/db/queries/members'
import { findLastMailAt, listLoosenedToMail, type LoosenedRecord } from '@/db/queries/mail-items'
import { listReviewers } from '@/db/queries/recipients'
import { mailItems, notices } from '@/db/schema/notices'
import { hasRole } from '@/lib/context'
import { newId } from '@/lib/ids'
import { pages } from '@/lib/paths'
import { queueMail } from './email'
import { addNoticeJobs, policyMailJob } from './jobs'
import { mailText, subjectText } from './mail-text'
import { mailToText, renderMail } from './render-mail'
import type { TellDeps } from './tell'
import { noMail } from './tell-people'

const policyMailLock = 7_340_217
/** Within this time after a mail, more is gathered for the next one. */
const gatherSeconds = 600
const mostAgentsInMail = 20

/** A version that a key deployed and that demands less than the one before, or is the first of a new agent. */
type LoosenedPolicy = {
  projectId: string
  versionId: string
  /** Says what happened, in sentences that hold untrusted text. */
  text: string
}

/**
 * Tells the project's owners and admins in the bell, and has them told by mail, in the transaction of the deploy.
 * It concerns the gate itself, so nobody's preferences hold it back.
 */
export async function tellPolicyLoosened(
  tx: Transaction,
  { projectId, versionId, text }: LoosenedPolicy,
): Promise<void> {
  const admins = (await listReviewers(tx, projectId)).filter(({ role }) => hasRole(role, 'admin'))
  if (admins.length === 0) return
  const kind = 'policy_loosened' as const
  const rows = admins.map(({ userId }) => ({ projectId, userId, kind }))
  await tx
    .insert(notices)
    .values(rows.map((row) => ({ ...row, id: newId('notice'), subjectId: versionId, text })))
  await tx.insert(mailItems).values(rows.map((row) => ({ ...row, approvalId: versionId })))
  await addNoticeJobs(
    tx,
    admins.map(({ userId }) => policyMailJob(projectId, userId)),
  )
}

/**
 * Mails a person what keys did to the gate since the last such mail, unless that is less than ten minutes old: then
 * it is done when they are over. So a key that deploys all the time fills nobody's inbox, and nothing is lost. Who is
 * no owner or admin by then gets none. May run twice.
 */
export async function writePolicyLoosenedMail(
  deps: Pick<TellDeps, 'db' | 'appUrl'>,
  projectId: string,
  userId: string,
): Promise<void> {
  await deps.db.transaction(async (tx) => {
    await tx.execute(
      sql`select pg_advisory_xact_lock(${policyMailLock}, hashtext(${`${projectId}:${userId}`}))`,
    )
    const waiting = await listLoosenedToMail(tx, projectId, userId)
    const [newest] = waiting
    if (!newest) return
    const project = await findProject(tx, projectId)
    const [person] = await listReviewers(tx, projectId, userId)
    if (!project || !person || !hasRole(person.role, 'admin')) return settle(tx, userId, waiting, noMail)
    const { address } = person
    const where = { projectId, address, kind: 'policy', seconds: gatherSeconds }
    const lastAt = await findLastMailAt(tx, where)
    if (lastAt) {
      const runAt = new Date(lastAt.getTime() + gatherSeconds * 1000)
      return addNoticeJobs(tx, [policyMailJob(projectId, userId, runAt)])
    }
    const mailId = await queueMail(tx, {
      ...(await compose(waiting, newest, project, address, deps.appUrl)),
      // A version goes into one mail, so the newest one names the mail.
      idempotencyKey: `policy-loosened:${newest.versionId}:${userId}`,
      kind: 'policy',
      recipient: address,
      projectId,
    })
    await settle(tx, userId, waiting, mailId ?? noMail)
  })
}

async function settle(tx: Transaction, userId: string, items: LoosenedRecord[], mailId: string) {
  const ids = JSON.stringify(items.map(({ versionId }) => versionId))
  await tx.execute(sql`
    update mail_items set mail_id = ${mailId}
    where user_id = ${userId} and kind = 'policy_loosened' and mail_id is null
      and approval_id in (select json_array_elements_text(${ids}::text::json))`)
}

async function compose(
  waiting: LoosenedRecord[],
  newest: LoosenedRecord,
  project: { name: string; slug: string },
  email: string,
  appUrl: string,
) {
  // Newest first, so that the last of an agent from behind is its newest.
  const agents = [...new Map(waiting.toReversed().map((one) => [one.agent, one])).values()].toReversed()
  const isNew = newest.version === 1
  const { agent, version } = newest
  const props = {
    title: isNew ? 'A key deployed a new agent' : 'A key loosened a policy',
    count: waiting.length,
    lines: agents.slice(0, mostAgentsInMail).map((one) => ({
      text: mailText(one.text ?? '', { singleLine: true, maxCharacters: 2000 }),
      inForce: one.inForce === one.version ? undefined : one.inForce,
    })),
    moreAgents: Math.max(agents.length - mostAgentsInMail, 0),
    projectName: mailText(project.name, { singleLine: true, maxCharacters: 100 }),
    email,
    link: {
      label: `See version ${version} of ${agent}`,
      url: appUrl + pages.agent(project.slug, agent, version),
    },
  }
  const { PolicyLoosenedMail } = await import('./templates/policy-loosened-mail')
  const html = await renderMail(<PolicyLoosenedMail {...props} />)
  const text = await mailToText(html)
  const where = subjectText(project.name)
  const one = isNew ? `A key deployed a new agent, ${agent}, in` : `A key loosened the policy of ${agent} in`
  const subject =
    waiting.length === 1 ? `${one} ${where}` : `${waiting.length} deploys by keys loosened ${where}`
  return { subject, html, text }
}
