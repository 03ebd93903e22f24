import { sql } from 'drizzle-orm'
import type { Database, Transaction } from '@/db/client'
import { findProject } from '@/db/queries/members'
import { listPeopleWithItems } from '@/db/queries/mail-items'
import { listOpenApprovals, listReviewers, type OpenApproval } from '@/db/queries/recipients'
import { notices } from '@/db/schema/notices'
import { lacksOf } from '@/lib/approvals/lack'
import { hasRole } from '@/lib/context'
import { newId } from '@/lib/ids'
import type { KeyedJob } from '@/lib/jobs/add'
import { pages } from '@/lib/paths'
import { readTerms } from '@/lib/policy/terms-text'
import { addNoticeJobs, mailJob } from './jobs'
import { lockNoticesOf } from './tell-people'

const kind = 'unreachable' as const

/** So many of what waits longest in a project are looked at when somebody leaves a group or the project. */
const mostLookedAt = 1000

/** The job that looks through what waits in a project, once fewer people may decide in it. */
export function unreachableJob(projectId: string): KeyedJob {
  return { task: 'tell_unreachable', payload: { project_id: projectId }, key: `unreachable:${projectId}` }
}

/**
 * Looks through what waits in a project; see `tellUnreachable`. What is held back in somebody's quiet hours is looked at
 * again, for others whom that relied on may be gone. May run twice.
 */
export async function tellUnreachableOf(db: Database, projectId: string): Promise<void> {
  await db.transaction(async (tx) => {
    const held = await listPeopleWithItems(tx, projectId)
    if (held.length > 0)
      await addNoticeJobs(
        tx,
        held.map((userId) => mailJob(projectId, userId)),
      )
  })
  await db.transaction(async (tx) => {
    const rows = await tx.execute<{ id: string }>(sql`
      select id from approvals where project_id = ${projectId} and status = 'pending' and terms is not null
      order by requested_at, id limit ${mostLookedAt}`)
    const ids = rows.map(({ id }) => id)
    if (ids.length === 0) return
    await lockNoticesOf(tx, ids)
    await addNoticeJobs(tx, await tellUnreachable(tx, projectId, await listOpenApprovals(tx, ids)))
  })
}

/**
 * Tells admins and owners, each request once, which of these nobody could decide on as the project is now: in the bell
 * and by mail, whatever they want to hear of, for they alone can mend it. The caller holds the requests' notices.
 * @param open requests of this project that wait
 */
export async function tellUnreachable(
  tx: Transaction,
  projectId: string,
  open: OpenApproval[],
): Promise<KeyedJob[]> {
  const waiting = open.map((one) => ({ ...one, terms: readTerms(one.terms) }))
  const lacks = await lacksOf(tx, projectId, waiting)
  const stuck = waiting.flatMap((one, at) => {
    const lack = lacks[at] ?? null
    return lack === null ? [] : [{ ...one, text: `Nobody can decide: it takes ${lack}.` }]
  })
  if (stuck.length === 0) return []
  const project = await findProject(tx, projectId)
  const admins = (await listReviewers(tx, projectId)).filter(({ role }) => hasRole(role, 'admin'))
  if (!project || admins.length === 0) return []
  const lines = stuck.flatMap(({ id, text }) =>
    admins.map(({ userId }) => ({ id: newId('notice'), projectId, userId, kind, subjectId: id, text })),
  )
  const written = await tx
    .insert(notices)
    .values(lines)
    .onConflictDoNothing()
    .returning({ subjectId: notices.subjectId })
  const isNew = new Set(written.map(({ subjectId }) => subjectId))
  return stuck
    .filter(({ id }) => isNew.has(id))
    .map(({ id, tool, agentName, text }) => ({
      task: 'words_mail',
      key: `unreachable:${id}`,
      payload: {
        id: `unreachable:${id}`,
        project_id: projectId,
        role: 'admin',
        title: `Nobody can decide on ${tool}`,
        words: `${tool} of ${agentName} waits. ${text} Nothing is widened by itself: take somebody into the group, give it more time, or reject it.`,
        path: pages.approvals(project.slug, { approval: id }),
        label: `Open ${tool}`,
      },
    }))
}
