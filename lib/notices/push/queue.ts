import { sql } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { isOneOf } from '@/db/one-of'
import { addJob } from '@/lib/jobs/add'
import { pages } from '@/lib/paths'
import { leadOf, type MailInput } from '../mail-model'
import { subjectText } from '../mail-text'

/** So many are looked at before sending, whether one of them is still open. */
const mostLookedAt = 100
/** Within about an hour; the bell and mails tell too. */
const tries = 8

/**
 * Queues a push of what a mail would tell, for each browser of a person. It says no more than a mail's subject, since
 * it is shown on locked screens: words of ours in the title, names of tool, agent and project below.
 */
export async function queuePushes(
  tx: Transaction,
  browserIds: string[],
  project: MailInput['project'],
  items: MailInput['items'],
  moreCount: number,
): Promise<void> {
  const [first] = items
  if (!first || browserIds.length === 0) return
  const count = items.length + moreCount
  const lead = leadOf(items)
  const { id, tool, agentName } = first.approval
  const where = subjectText(project.name)
  const told =
    count === 1
      ? {
          title: `${lead}Approval needed`,
          body: `${subjectText(tool)} (${subjectText(agentName)}) in ${where}`,
          path: pages.approval(project.slug, id),
        }
      : {
          title: `${lead}${count} approvals needed`,
          body: `In ${where}`,
          path: pages.approvals(project.slug),
        }
  const approval_ids = items.slice(0, mostLookedAt).map(({ approval }) => approval.id)
  for (const browser_id of browserIds)
    await addJob(tx, 'send_push', { browser_id, approval_ids, ...told }, { maxAttempts: tries })
  await tx.execute(
    sql`update push_subscriptions set told_at = clock_timestamp() where ${isOneOf(sql`id`, browserIds)}`,
  )
}
