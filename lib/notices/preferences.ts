import { findNoticePreferences } from '@/db/queries/notices'
import { noticePreferences } from '@/db/schema/notices'
import { change, verb } from '@/lib/verb'
import { NoticePreferences } from './schemas'

/**
 * How the member wants to hear of the project's requests; everything, where nothing was chosen.
 * @throws AppError `forbidden` for agent keys
 */
export const readNoticePreferences = verb(
  { summary: 'Read how one wants to hear', need: 'viewer', output: NoticePreferences, refuses: [] },
  async (ctx): Promise<NoticePreferences> => {
    const row = await findNoticePreferences(ctx.db, ctx.project.id, ctx.actor.id)
    return {
      email: row?.email ?? true,
      in_app: row?.inApp ?? true,
      agents: row?.agents ?? [],
      tools: row?.tools ?? [],
      muted_until: row?.mutedUntil?.toISOString() ?? null,
    }
  },
)

/**
 * Sets how the member wants to hear of the project's requests. It is theirs alone, holds for what is told from now
 * on, and never changes who may decide; so it is not audited.
 * @throws AppError `forbidden` for agent keys
 */
export const setNoticePreferences = change(
  {
    summary: 'Choose how one wants to hear',
    need: 'viewer',
    input: NoticePreferences,
    output: NoticePreferences,
    refuses: [],
  },
  async (tx, { project, actor }, input): Promise<NoticePreferences> => {
    const agents = [...new Set(input.agents)]
    const tools = [...new Set(input.tools)]
    const mutedUntil = input.muted_until === null ? null : new Date(input.muted_until)
    const chosen = { email: input.email, inApp: input.in_app, agents, tools, mutedUntil }
    await tx
      .insert(noticePreferences)
      .values({ projectId: project.id, userId: actor.id, ...chosen })
      .onConflictDoUpdate({ target: [noticePreferences.projectId, noticePreferences.userId], set: chosen })
    return { ...input, agents, tools, muted_until: mutedUntil?.toISOString() ?? null }
  },
)
