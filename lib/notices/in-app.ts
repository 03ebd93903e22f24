import { and, eq, inArray, isNull, sql } from 'drizzle-orm'
import { countUnreadNotices, listNotices, type NoticeRecord } from '@/db/queries/notices'
import { countPending } from '@/db/queries/approvals'
import { notices } from '@/db/schema/notices'
import { z } from 'zod'
import type { Context } from '@/lib/context'
import { approvalUrl, linkBase, pages, type LinkBase } from '@/lib/paths'
import { Paging } from '@/lib/query'
import { change, verb } from '@/lib/verb'
import { MarkReadInput, NoticeList, type Notice } from './schemas'

/**
 * A page of what the member was told in the project, newest first, with the number of those that are neither read
 * nor settled and the number of the project's pending requests (10,001 stands for more than 10,000).
 * @throws AppError `forbidden` for agent keys, `invalid_cursor`
 */
export const readNotices = verb(
  {
    summary: 'Read what one was told, newest first',
    need: 'viewer',
    query: Paging,
    output: NoticeList,
    refuses: [],
  },
  async (ctx, page) => {
    const [{ items, nextCursor }, unread, pending] = await Promise.all([
      listNotices(ctx.db, ctx.project.id, ctx.actor.id, page),
      countUnreadNotices(ctx.db, ctx.project.id, ctx.actor.id),
      countPending(ctx.db, ctx.project.id),
    ])
    return {
      items: items.map((record) => noticeToWire(ctx, record)),
      unread,
      pending,
      next_cursor: nextCursor,
    }
  },
)

/**
 * Marks notices of the member as read: those named, or all. Ids of somebody else's change nothing.
 * @returns how many were unread before, and how many still are
 * @throws AppError `forbidden` for agent keys
 */
export const markNoticesRead = change(
  {
    summary: 'Mark notices as read',
    need: 'viewer',
    input: MarkReadInput,
    output: z.object({ marked: z.int(), unread: z.int() }),
    refuses: [],
  },
  async (tx, ctx, input) => {
    const marked = await tx
      .update(notices)
      .set({ readAt: sql`clock_timestamp()` })
      .where(
        and(
          eq(notices.projectId, ctx.project.id),
          eq(notices.userId, ctx.actor.id),
          isNull(notices.readAt),
          input.ids === undefined ? undefined : inArray(notices.id, input.ids),
        ),
      )
      .returning({ id: notices.id })
    return { marked: marked.length, unread: await countUnreadNotices(tx, ctx.project.id, ctx.actor.id) }
  },
)

function noticeToWire(ctx: Context, record: NoticeRecord): Notice {
  const { status, agentName, tool, expiresAt } = record
  const hasApproval = status !== null && agentName !== null && tool !== null && expiresAt !== null
  const base = linkBase(ctx)
  return {
    id: record.id,
    kind: record.kind,
    text: record.text,
    approval: hasApproval
      ? {
          id: record.subjectId,
          status,
          agent: agentName,
          tool,
          expires_at: expiresAt.toISOString(),
        }
      : null,
    created_at: record.createdAt.toISOString(),
    read_at: record.readAt?.toISOString() ?? null,
    cleared_at: record.clearedAt?.toISOString() ?? null,
    url: urlOf(record, base),
  }
}

function urlOf(record: NoticeRecord, base: LinkBase): string {
  const { kind, subjectId, loosenedAgent, loosenedVersion, pausedAgent } = record
  const { appUrl, projectSlug } = base
  if (kind === 'webhook_disabled') return appUrl + pages.settings(projectSlug, 'webhooks')
  if (kind === 'audit_retention') return appUrl + pages.settings(projectSlug, 'project')
  if (kind === 'policy_loosened')
    return appUrl + pages.agent(projectSlug, loosenedAgent ?? '', loosenedVersion ?? 1)
  if (kind === 'agent_paused')
    return (
      appUrl +
      (pausedAgent === null ? pages.settings(projectSlug, 'project') : pages.agent(projectSlug, pausedAgent))
    )
  return approvalUrl(base, subjectId)
}
