import type { Transaction } from '@/db/client'
import { addJobs, type KeyedJob } from '@/lib/jobs/add'

/**
 * Adds jobs in the caller's transaction. One of the same key that waits keeps its time; one that runs at this
 * moment is followed by another. Keys in order, so that two transactions do not wait for each other in a circle.
 */
export async function addNoticeJobs(tx: Transaction, jobs: KeyedJob[]): Promise<void> {
  await addJobs(
    tx,
    jobs.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    true,
  )
}

/** One at a time too; the job that gathers what keys did to the gate. */
export function policyMailJob(projectId: string, userId: string, runAt?: Date): KeyedJob {
  const key = `policy_mail:${projectId}:${userId}`
  const payload = { project_id: projectId, user_id: userId }
  return { task: 'policy_loosened_mail', payload, key, ...(runAt ? { runAt } : {}) }
}

/** One of a person's mails at a time; the job that gathers what waits for them. */
export function mailJob(projectId: string, userId: string, runAt?: Date): KeyedJob {
  const payload = { project_id: projectId, user_id: userId }
  return { task: 'mail_items', payload, key: `mail:${projectId}:${userId}`, ...(runAt ? { runAt } : {}) }
}
