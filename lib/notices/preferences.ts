import { eq } from 'drizzle-orm'
import { listProjectsWithItems } from '@/db/queries/mail-items'
import { findNoticePreferences, findQuietHours } from '@/db/queries/notices'
import { users } from '@/db/schema/identity'
import { noticePreferences } from '@/db/schema/notices'
import { change, verb } from '@/lib/verb'
import { addNoticeJobs, mailJob } from './jobs'
import { QuietHours, readQuietHours } from './quiet-hours'
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

/**
 * When the person is told of nothing that can wait, in any of their projects; null where they have not said.
 * @throws AppError `forbidden` for agent keys
 */
export const readOwnQuietHours = verb(
  { summary: 'Read one’s quiet hours', need: 'viewer', output: QuietHours.nullable(), refuses: [] },
  async (ctx) => readQuietHours(await findQuietHours(ctx.db, ctx.actor.id)),
)

/**
 * Sets the person's quiet hours, in all of their projects. What is held back is looked at again at once, so that it is
 * told where they are over by what is said now. Theirs alone, it never changes who may decide; so it is not audited.
 * @throws AppError `forbidden` for agent keys
 */
export const setQuietHours = change(
  { summary: 'Choose one’s quiet hours', need: 'viewer', input: QuietHours, output: QuietHours, refuses: [] },
  async (tx, { actor }, input) => {
    const { zone, periods } = input
    const quietHours = periods.length === 0 ? null : JSON.stringify({ zone, periods })
    await tx.update(users).set({ quietHours }).where(eq(users.id, actor.id))
    const waiting = await listProjectsWithItems(tx, actor.id)
    await addNoticeJobs(
      tx,
      waiting.map((projectId) => mailJob(projectId, actor.id)),
    )
    return { zone, periods }
  },
)
