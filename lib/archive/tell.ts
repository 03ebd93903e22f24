import type { Transaction } from '@/db/client'
import { readClock } from '@/db/queries/clock'
import { findProject } from '@/db/queries/members'
import type { Context } from '@/lib/context'
import { tellAtOnce } from '@/lib/notices/tell-at-once'
import { pages } from '@/lib/paths'
import { queueNamed } from '@/lib/webhooks/queue-named'

/**
 * Tells everybody who may decide that the project was archived or is open again, and mails owners and admins. Webhooks
 * that name it are told as of a pause of the whole project: nothing is released, or it goes on. What else an archive
 * does, it does to approvals, of which they are told as ever.
 */
export async function tellArchive(
  tx: Transaction,
  ctx: Context,
  is: 'archived' | 'unarchived',
): Promise<void> {
  const { id: projectId, slug } = ctx.project
  const { label: by } = ctx.actor
  const path = pages.settings(slug, 'project')
  const isArchived = is === 'archived'
  const isPaused = (await findProject(tx, projectId))?.pausedAt != null
  if (!isPaused) {
    const type = isArchived ? 'agent.paused' : 'agent.resumed'
    const reason = isArchived ? 'The project was archived.' : 'The project is open again.'
    const pause = { project_id: projectId, agent: null, by, reason, url: ctx.appUrl + path }
    const timestamp = (await readClock(tx)).toISOString()
    await queueNamed(tx, { projectId, type, about: { message: { type, timestamp, pause } } })
  }
  await tellAtOnce(tx, {
    kind: 'agent_paused',
    subject_id: projectId,
    project_id: projectId,
    role: 'admin',
    title: isArchived ? 'The project is archived' : 'The project is open again',
    words: isArchived
      ? `${by} archived the project: nothing is asked for or released in it, and its runs are ended.`
      : `${by} opened the project again. Its runs stay ended.`,
    path,
    label: 'Open the project’s settings',
  })
}
