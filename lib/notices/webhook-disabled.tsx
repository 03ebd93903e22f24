import { sql } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { findProject } from '@/db/queries/members'
import { listReviewers } from '@/db/queries/recipients'
import { hasRole } from '@/lib/context'
import { pages } from '@/lib/paths'
import { queueMail } from './email'
import { addNoticeJobs } from './jobs'
import { mailText, subjectText } from './mail-text'
import { mailToText, renderMail } from './render-mail'
import type { TellDeps } from './tell'

export type DisabledWebhook = { projectId: string; webhookId: string; name: string; reason: string }

/** Has the project's admins told by mail that a webhook was disabled, in the transaction that disables it. */
export async function queueWebhookDisabledMail(tx: Transaction, disabled: DisabledWebhook): Promise<void> {
  const [row] = await tx.execute<{ at: string }>(sql`select extract(epoch from now())::bigint::text as at`)
  await addNoticeJobs(tx, [
    {
      task: 'webhook_disabled_mail',
      payload: { ...disabled, at: row?.at ?? '' },
      key: `webhook_disabled:${disabled.webhookId}`,
    },
  ])
}

/** Writes those mails, one for each admin who wants mail and is not muted. May run twice. */
export async function writeWebhookDisabledMails(
  deps: Pick<TellDeps, 'db' | 'appUrl'>,
  disabled: DisabledWebhook & { at: string },
): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const project = await findProject(tx, disabled.projectId)
    if (!project) return
    const admins = (await listReviewers(tx, disabled.projectId)).filter(
      (one) => hasRole(one.role, 'admin') && one.wantsMail && !one.isMuted,
    )
    for (const { userId, address } of admins) {
      await queueMail(tx, {
        ...(await composeDisabled(disabled, project, address, deps.appUrl)),
        idempotencyKey: `webhook-disabled:${disabled.webhookId}:${disabled.at}:${userId}`,
        kind: 'webhook',
        recipient: address,
        projectId: disabled.projectId,
      })
    }
  })
}

async function composeDisabled(
  disabled: DisabledWebhook,
  project: { name: string; slug: string },
  email: string,
  appUrl: string,
) {
  const line = { singleLine: true, maxCharacters: 100 }
  const props = {
    name: mailText(disabled.name, line),
    projectName: mailText(project.name, line),
    reason: mailText(disabled.reason, { singleLine: true, maxCharacters: 500 }),
    email,
    url: appUrl + pages.settings(project.slug, 'webhooks'),
  }
  const { WebhookDisabledMail } = await import('./templates/webhook-disabled-mail')
  const html = await renderMail(<WebhookDisabledMail {...props} />)
  const text = await mailToText(html)
  return {
    subject: `A webhook of ${subjectText(project.name)} was disabled: ${subjectText(disabled.name)}`,
    html,
    text,
  }
}
