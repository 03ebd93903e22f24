import type { Transaction } from '@/db/client'
import type { Context } from '@/lib/context'
import { tellAtOnce } from '@/lib/notices/tell-at-once'
import { pages } from '@/lib/paths'

type Subject = { type: 'agent' | 'project'; id: string; label: string }
type Change = { is: 'paused' | 'resumed'; reason: string | null }

/** Tells everybody who may decide that something was paused or goes on, and mails owners and admins. */
export async function tellPause(
  tx: Transaction,
  ctx: Context,
  subject: Subject,
  change: Change,
): Promise<void> {
  const { slug } = ctx.project
  const what = subject.type === 'agent' ? `the agent ${subject.label}` : 'everything in the project'
  const did = change.is === 'paused' ? `paused ${what}: nothing of it is released` : `let ${what} go on`
  await tellAtOnce(tx, {
    kind: 'agent_paused',
    subject_id: subject.id,
    project_id: ctx.project.id,
    role: 'admin',
    title: `${subject.type === 'agent' ? subject.label : 'The project'} ${change.is === 'paused' ? 'is paused' : 'goes on'}`,
    words: `${ctx.actor.label} ${did}.${change.reason === null ? '' : ` “${change.reason}”`}`,
    path: subject.type === 'agent' ? pages.agent(slug, subject.label) : pages.settings(slug, 'project'),
    label: subject.type === 'agent' ? `Open ${subject.label}` : 'Open the project’s settings',
  })
}
