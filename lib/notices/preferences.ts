import { findNoticePreferences } from '@/db/queries/notices'
import { noticePreferences } from '@/db/schema/notices'
import { requireRole, type Context } from '@/lib/context'
import { assertStillAllowed } from '@/lib/rights'
import type { NoticePreferences } from './schemas'

/**
 * How the member wants to hear of the project's requests; everything, where nothing was chosen.
 * @throws AppError `forbidden` for agent keys
 */
export async function readNoticePreferences(ctx: Context): Promise<NoticePreferences> {
  requireRole(ctx, 'viewer')
  const row = await findNoticePreferences(ctx.db, ctx.project.id, ctx.actor.id)
  return {
    email: row?.email ?? true,
    in_app: row?.inApp ?? true,
    agents: row?.agents ?? [],
    tools: row?.tools ?? [],
    muted_until: row?.mutedUntil?.toISOString() ?? null,
  }
}

/**
 * Sets how the member wants to hear of the project's requests. It is theirs alone, holds for what is told from now
 * on, and never changes who may decide; so it is not audited.
 * @throws AppError `forbidden` for agent keys
 */
export async function setNoticePreferences(
  ctx: Context,
  input: NoticePreferences,
): Promise<NoticePreferences> {
  requireRole(ctx, 'viewer')
  const chosen = {
    email: input.email,
    inApp: input.in_app,
    agents: [...new Set(input.agents)],
    tools: [...new Set(input.tools)],
    mutedUntil: input.muted_until === null ? null : new Date(input.muted_until),
  }
  const { actor, project } = ctx
  await ctx.db.transaction(async (tx) => {
    await assertStillAllowed(tx, ctx, 'viewer')
    await tx
      .insert(noticePreferences)
      .values({ projectId: project.id, userId: actor.id, ...chosen })
      .onConflictDoUpdate({ target: [noticePreferences.projectId, noticePreferences.userId], set: chosen })
  })
  return readNoticePreferences(ctx)
}
