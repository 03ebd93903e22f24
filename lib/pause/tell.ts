import type { Transaction } from '@/db/client'
import { readClock } from '@/db/queries/clock'
import type { Context } from '@/lib/context'
import { tellAtOnce } from '@/lib/notices/tell-at-once'
import { pages } from '@/lib/paths'
import { queueNamed } from '@/lib/webhooks/queue-named'

type Subject = { type: 'agent' | 'project'; id: string; label: string }
type Change = { is: 'paused' | 'resumed'; reason: string | null }

/**
 * Tells everybody who may decide that something was paused or goes on, mails owners and admins, and tells the
 * webhooks that name it.
 */
export async function tellPause(
  tx: Transaction,
  ctx: Context,
  subject: Subject,
  change: Change,
): Promise<void> {
  const { id: projectId, slug } = ctx.project
  const path = subject.type === 'agent' ? pages.agent(slug, subject.label) : pages.settings(slug, 'project')
  const type = change.is === 'paused' ? 'agent.paused' : 'agent.resumed'
  const pause = {
    project_id: projectId,
    agent: subject.type === 'agent' ? subject.label : null,
    by: ctx.actor.label,
    reason: change.reason,
    url: ctx.appUrl + path,
  }
  const timestamp = (await readClock(tx)).toISOString()
  await queueNamed(tx, { projectId, type, about: { message: { type, timestamp, pause } } })
  const what = subject.type === 'agent' ? `the agent ${subject.label}` : 'everything in the project'
  const did = change.is === 'paused' ? `paused ${what}: nothing of it is released` : `let ${what} go on`
  await tellAtOnce(tx, {
    kind: 'agent_paused',
    subject_id: subject.id,
    project_id: projectId,
    role: 'admin',
    title: `${subject.type === 'agent' ? subject.label : 'The project'} ${change.is === 'paused' ? 'is paused' : 'goes on'}`,
    words: `${ctx.actor.label} ${did}.${change.reason === null ? '' : ` “${change.reason}”`}`,
    path,
    label: subject.type === 'agent' ? `Open ${subject.label}` : 'Open the project’s settings',
  })
}
