import { and, eq, inArray, isNotNull, sql } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { members } from '@/db/schema/identity'
import { notices, webhooks } from '@/db/schema/notices'
import { recordAudit } from '@/lib/audit/record'
import { holdpointActor, type Project } from '@/lib/context'
import { newId } from '@/lib/ids'
import { queueWebhookDisabledMail } from '@/lib/notices/webhook-disabled'
import { failPendingDeliveries } from './queue'

/**
 * Switches a webhook off because it does not work, with its audit entry, and tells the project's admins. What was
 * not delivered is given up.
 * @param reason a sentence
 */
export async function disableWebhook(
  tx: Transaction,
  webhook: { id: string; name: string; project: Project },
  reason: string,
): Promise<void> {
  const { id, name, project } = webhook
  const [changed] = await tx
    .update(webhooks)
    .set({ enabled: false, disabledReason: reason })
    .where(and(eq(webhooks.id, id), eq(webhooks.enabled, true)))
    .returning({ id: webhooks.id })
  if (!changed) return
  await failPendingDeliveries(tx, id)
  await recordAudit(
    tx,
    { project, actor: holdpointActor },
    {
      action: 'webhook.disabled',
      target: { type: 'webhook', id, label: name },
      detail: { reason },
    },
  )
  await tellAdmins(tx, project.id, id, `${name} is disabled. ${reason}`)
  await queueWebhookDisabledMail(tx, { projectId: project.id, webhookId: id, name, reason })
}

async function tellAdmins(
  tx: Transaction,
  projectId: string,
  webhookId: string,
  text: string,
): Promise<void> {
  const admins = await tx
    .select({ userId: members.userId })
    .from(members)
    .where(
      and(
        eq(members.projectId, projectId),
        inArray(members.role, ['admin', 'owner']),
        isNotNull(members.joinedAt),
      ),
    )
  if (admins.length === 0) return
  const rows = admins.map(({ userId }) => ({
    id: newId('notice'),
    projectId,
    userId,
    subjectId: webhookId,
    text,
  }))
  await tx
    .insert(notices)
    .values(rows.map((row) => ({ ...row, kind: 'webhook_disabled' as const })))
    .onConflictDoUpdate({
      target: [notices.userId, notices.subjectId, notices.kind],
      set: { text, createdAt: sql`clock_timestamp()`, readAt: null, clearedAt: null },
    })
}

/** Settles what was told of a webhook that is switched on again or gone. */
export async function clearDisabledNotices(tx: Transaction, webhookId: string): Promise<void> {
  await tx
    .update(notices)
    .set({ clearedAt: sql`clock_timestamp()` })
    .where(eq(notices.subjectId, webhookId))
}
