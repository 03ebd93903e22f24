import { and, eq, isNotNull, sql } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { members, users } from '@/db/schema/identity'
import { notices } from '@/db/schema/notices'
import type { Context, MemberActor } from '@/lib/context'
import { newId } from '@/lib/ids'
import { pages } from '@/lib/paths'
import { composeWords } from './compose'
import { queueMail } from './email'
import { deadlineWords, mailText, subjectText } from './mail-text'

/** How long the audit log is kept now and, where that was announced, from when on for how long. */
export type AuditPeriod = { days: number | null; next: number | null; nextAt: Date | null }

/**
 * Tells every owner of the project, in the bell and by mail, in the transaction that changes the period. It concerns
 * what is left to prove, so nobody's preferences hold it back.
 */
export async function tellAuditRetention(
  tx: Transaction,
  ctx: Context<MemberActor>,
  before: AuditPeriod,
  after: AuditPeriod,
): Promise<void> {
  const owners = await tx
    .select({ userId: users.id, email: users.email })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(and(eq(members.projectId, ctx.project.id), eq(members.role, 'owner'), isNotNull(members.joinedAt)))
  const words = `${ctx.actor.label} changed how long the audit log is kept. ${periodWords(before, after)}`
  await tx
    .insert(notices)
    .values(
      owners.map(({ userId }) => ({
        id: newId('notice'),
        projectId: ctx.project.id,
        userId,
        kind: 'audit_retention' as const,
        subjectId: ctx.project.id,
        text: words,
      })),
    )
    .onConflictDoUpdate({
      target: [notices.userId, notices.subjectId, notices.kind],
      set: { text: words, createdAt: sql`clock_timestamp()`, readAt: null, clearedAt: null },
    })
  const change = newId('mail')
  for (const { userId, email } of owners)
    await queueMail(tx, {
      ...(await compose(ctx, words, email)),
      idempotencyKey: `audit-retention:${change}:${userId}`,
      kind: 'project',
      recipient: email,
      projectId: ctx.project.id,
    })
}

/** What was and what will be, in words. */
function periodWords(before: AuditPeriod, after: AuditPeriod): string {
  if (after.next !== null && after.nextAt !== null)
    return (
      `It is kept ${forDays(after.days)} until ${deadlineWords(after.nextAt)}; from then on entries older than ` +
      `${after.next} days are deleted for good. An owner can call it off until then.`
    )
  if (after.days === before.days) return `It stays as it was: kept ${forDays(after.days)}.`
  return `It was kept ${forDays(before.days)}, and is now kept ${forDays(after.days)}.`
}

function forDays(days: number | null): string {
  if (days === null) return 'for ever'
  return days === 1 ? 'for 1 day' : `for ${days} days`
}

async function compose(ctx: Context, words: string, email: string) {
  const project = mailText(ctx.project.name, { singleLine: true, maxCharacters: 100 })
  return {
    subject: `The audit log of ${subjectText(ctx.project.name)} is to be kept differently`,
    ...(await composeWords({
      title: 'How long the audit log is kept was changed',
      words,
      because: `own the project ${project}`,
      email,
      link: {
        url: ctx.appUrl + pages.settings(ctx.project.slug, 'project'),
        label: 'Open the project’s settings',
      },
    })),
  }
}
