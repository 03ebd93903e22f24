import { z } from 'zod'
import type { Transaction } from '@/db/client'
import { findProject } from '@/db/queries/members'
import { listReviewers } from '@/db/queries/notices'
import { notices } from '@/db/schema/notices'
import { hasRole } from '@/lib/context'
import { newId } from '@/lib/ids'
import { queueMail } from './email'
import { agentUrl } from './in-app'
import { addNoticeJobs } from './jobs'
import { mailText, subjectText } from './mail-text'
import type { TellDeps } from './tell'

/** A version of an agent's file that a key deployed and that demands less than the one before. */
export const LoosenedPolicy = z.object({
  projectId: z.string(),
  versionId: z.string(),
  agent: z.string(),
  version: z.int(),
  /** The key's name. */
  key: z.string(),
  /** What it demands less, in sentences that hold untrusted text. */
  words: z.array(z.string()),
})
export type LoosenedPolicy = z.infer<typeof LoosenedPolicy>

/**
 * Tells the project's owners and admins in the bell, and has them told by mail, in the transaction of the deploy.
 * It concerns the gate itself, so nobody's preferences hold it back and it is not gathered with other mails.
 */
export async function tellPolicyLoosened(tx: Transaction, loosened: LoosenedPolicy): Promise<void> {
  const { projectId, versionId: subjectId, agent, version, key, words } = loosened
  const text = `The key ${key} deployed version ${version} of ${agent}. ${words.join(' ')}`
  const admins = await listAdmins(tx, projectId)
  if (admins.length > 0) {
    const rows = admins.map(({ userId }) => ({ id: newId('notice'), projectId, userId, subjectId, text }))
    await tx.insert(notices).values(rows.map((row) => ({ ...row, kind: 'policy_loosened' as const })))
  }
  await addNoticeJobs(tx, [
    { task: 'policy_loosened_mail', payload: loosened, key: `policy_loosened:${subjectId}` },
  ])
}

/** Writes those mails, one for each who is an owner or admin by then. May run twice. */
export async function writePolicyLoosenedMails(
  deps: Pick<TellDeps, 'db' | 'appUrl'>,
  loosened: LoosenedPolicy,
): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const project = await findProject(tx, loosened.projectId)
    if (!project) return
    for (const { userId, address } of await listAdmins(tx, project.id)) {
      await queueMail(tx, {
        ...(await compose(loosened, project, address, deps.appUrl)),
        idempotencyKey: `policy-loosened:${loosened.versionId}:${userId}`,
        kind: 'policy',
        recipient: address,
        projectId: project.id,
      })
    }
  })
}

async function listAdmins(tx: Transaction, projectId: string) {
  return (await listReviewers(tx, projectId)).filter(({ role }) => hasRole(role, 'admin'))
}

async function compose(
  { agent, version, key, words }: LoosenedPolicy,
  project: { name: string; slug: string },
  email: string,
  appUrl: string,
) {
  const line = { singleLine: true, maxCharacters: 100 }
  const props = {
    agent,
    version,
    keyName: mailText(key, line),
    projectName: mailText(project.name, line),
    words: words.map((sentence) => mailText(sentence, { singleLine: true, maxCharacters: 1000 })),
    email,
    url: agentUrl({ appUrl, projectSlug: project.slug }, agent, version),
  }
  const { render, toPlainText } = await import('@react-email/render')
  const { PolicyLoosenedMail } = await import('./templates/policy-loosened-mail')
  const html = await render(<PolicyLoosenedMail {...props} />)
  const text = toPlainText(html, { selectors: [{ selector: 'h1', options: { uppercase: false } }] })
  return { subject: `A key loosened the policy of ${agent} in ${subjectText(project.name)}`, html, text }
}
