import { sql } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { findProject } from '@/db/queries/members'
import { listReviewers } from '@/db/queries/recipients'
import { notices } from '@/db/schema/notices'
import { hasRole } from '@/lib/context'
import { newId } from '@/lib/ids'
import type { Payload } from '@/lib/jobs/table'
import { composeWords } from './compose'
import { queueMail } from './email'
import { addNoticeJobs } from './jobs'
import { mailText, subjectText } from './mail-text'
import type { TellDeps } from './tell'

type AtOnce = Omit<Payload<'words_mail'>, 'id'> & {
  kind: 'agent_paused' | 'override'
  /** What it is about: of several of one kind about the same the last one is told. */
  subject_id: string
}

/**
 * Tells everybody in the bell who may decide in the project, and has those of a role told by mail, in the transaction
 * of what happened. It concerns the gate itself, so nobody's preferences hold it back.
 */
export async function tellAtOnce(tx: Transaction, told: AtOnce): Promise<void> {
  const { kind, subject_id: subjectId, ...mail } = told
  const { project_id: projectId, words: text } = mail
  const people = await listReviewers(tx, projectId)
  if (people.length === 0) return
  await tx
    .insert(notices)
    .values(people.map(({ userId }) => ({ id: newId('notice'), projectId, userId, kind, subjectId, text })))
    .onConflictDoUpdate({
      target: [notices.userId, notices.subjectId, notices.kind],
      set: { text, createdAt: sql`clock_timestamp()`, readAt: null, clearedAt: null },
    })
  const id = newId('mail')
  await addNoticeJobs(tx, [{ task: 'words_mail', payload: { ...mail, id }, key: `words:${id}` }])
}

/** Writes those mails. Who has not the role by then gets none. May run twice. */
export async function writeWordsMails(
  deps: Pick<TellDeps, 'db' | 'appUrl'>,
  { id, project_id: projectId, role, title, words, label, path }: Payload<'words_mail'>,
): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const project = await findProject(tx, projectId)
    if (!project) return
    const name = mailText(project.name, { singleLine: true, maxCharacters: 100 })
    const because = `are ${role === 'owner' ? 'an owner' : `at least ${role}`} of ${name}`
    const link = { url: deps.appUrl + path, label }
    for (const { userId, address: email } of await listReviewers(tx, projectId).then((people) =>
      people.filter((one) => hasRole(one.role, role)),
    )) {
      await queueMail(tx, {
        subject: `${title}: ${subjectText(project.name)}`,
        ...(await composeWords({ title, words, because, email, link })),
        idempotencyKey: `words:${id}:${userId}`,
        kind: 'project',
        recipient: email,
        projectId,
      })
    }
  })
}
