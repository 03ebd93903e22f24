import { and, desc, eq, exists, isNull, ne, sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { agents, agentVersions } from '@/db/schema/agents'
import { members } from '@/db/schema/identity'
import { mailItems, mails, notices } from '@/db/schema/notices'

/** What a person is still to be mailed of approvals, oldest first: the kinds by approval. */
export async function listWaitingItems(db: Queryable, projectId: string, userId: string) {
  return db
    .select({ approvalId: mailItems.approvalId, kind: mailItems.kind })
    .from(mailItems)
    .where(and(waitsFor(projectId, userId), ne(mailItems.kind, 'policy_loosened')))
    .orderBy(mailItems.createdAt, mailItems.approvalId)
}

function waitsFor(projectId: string, userId: string) {
  return and(eq(mailItems.projectId, projectId), eq(mailItems.userId, userId), isNull(mailItems.mailId))
}

export type LoosenedRecord = Awaited<ReturnType<typeof listLoosenedToMail>>[number]

/** The versions of agents' files that a person is still to be mailed of, newest first. */
export async function listLoosenedToMail(db: Queryable, projectId: string, userId: string) {
  return db
    .select({
      versionId: agentVersions.id,
      version: agentVersions.version,
      agent: agents.name,
      inForce: agents.version,
      text: notices.text,
    })
    .from(mailItems)
    .innerJoin(agentVersions, eq(agentVersions.id, mailItems.approvalId))
    .innerJoin(agents, eq(agents.id, agentVersions.agentId))
    .innerJoin(
      notices,
      and(
        eq(notices.subjectId, mailItems.approvalId),
        eq(notices.userId, mailItems.userId),
        eq(notices.kind, mailItems.kind),
      ),
    )
    .where(and(waitsFor(projectId, userId), eq(mailItems.kind, 'policy_loosened')))
    .orderBy(desc(mailItems.createdAt), desc(agentVersions.version))
}

/** When the person was last written a mail of this kind about the project, within the last `seconds`. */
export async function findLastMailAt(
  db: Queryable,
  where: { projectId: string; address: string; kind: string; seconds: number },
): Promise<Date | undefined> {
  const [row] = await db
    .select({ at: mails.createdAt })
    .from(mails)
    .where(
      and(
        sql`${mails.createdAt} > clock_timestamp() - make_interval(secs => ${where.seconds})`,
        eq(mails.kind, where.kind),
        eq(mails.projectId, where.projectId),
        eq(mails.recipient, where.address),
      ),
    )
    .orderBy(desc(mails.createdAt))
    .limit(1)
  return row?.at
}

/** In which projects something waits to be mailed to a person. */
export async function listProjectsWithItems(db: Queryable, userId: string): Promise<string[]> {
  const rows = await db
    .select({ projectId: members.projectId })
    .from(members)
    .where(
      and(
        eq(members.userId, userId),
        exists(
          db
            .select({ one: sql`1` })
            .from(mailItems)
            .where(
              and(
                eq(mailItems.projectId, members.projectId),
                eq(mailItems.userId, members.userId),
                isNull(mailItems.mailId),
              ),
            ),
        ),
      ),
    )
  return rows.map(({ projectId }) => projectId)
}

/** To whom of a project something waits to be mailed. */
export async function listPeopleWithItems(db: Queryable, projectId: string): Promise<string[]> {
  const rows = await db
    .selectDistinct({ userId: mailItems.userId })
    .from(mailItems)
    .where(and(eq(mailItems.projectId, projectId), isNull(mailItems.mailId)))
  return rows.map(({ userId }) => userId)
}
