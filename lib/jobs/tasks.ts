import { endRunsByJob } from '@/lib/archive/end-runs'
import { sendMail } from '@/lib/notices/email'
import { gatherMail } from '@/lib/notices/gather'
import { sendPush } from '@/lib/notices/push/send'
import { writePolicyLoosenedMail } from '@/lib/notices/policy-loosened'
import { dropStaleMail } from '@/lib/notices/stale-mail'
import { writeWordsMails } from '@/lib/notices/tell-at-once'
import { tellUnreachableOf } from '@/lib/notices/tell-unreachable'
import { tellEvents, type QueueDeliveries, type TellDeps } from '@/lib/notices/tell'
import { writeWebhookDisabledMails } from '@/lib/notices/webhook-disabled'
import { deliverWebhook, type DeliverDeps } from '@/lib/webhooks/deliver'
import { jobs, type JobName, type Understood } from './table'

/** What a task may know of its job; `signal` fires where the process is about to stop. */
export type JobInfo = { attempts: number; maxAttempts: number; signal: AbortSignal | undefined }

/**
 * Does one job. It may be called again for the same job, so it must bear that; throwing means: again later.
 */
export type Task = (payload: unknown, job: JobInfo) => Promise<void>
export type TaskList = Record<string, Task>

export type JobDeps = TellDeps & {
  queueDeliveries: QueueDeliveries
  webhooks: Omit<DeliverDeps, 'db' | 'appUrl'>
}

type Work = { [N in JobName]: (payload: Understood<N>, job: JobInfo) => Promise<void> }

/** The tasks that this version knows: one for each job of the table. */
export function jobTasks(deps: JobDeps): Record<JobName, Task> {
  const work: Work = {
    tell_event: ({ event_ids }) => tellEvents(deps, event_ids, deps.queueDeliveries),
    tell_unreachable: ({ project_id }) => tellUnreachableOf(deps.db, project_id),
    mail_items: async ({ project_id, user_id }) => void (await gatherMail(deps, project_id, user_id)),
    policy_loosened_mail: ({ project_id, user_id }) => writePolicyLoosenedMail(deps, project_id, user_id),
    webhook_disabled_mail: (payload) => writeWebhookDisabledMails(deps, payload),
    words_mail: (payload) => writeWordsMails(deps, payload),
    deliver_webhook: (payload, { signal }) => deliverWebhook({ ...deps, ...deps.webhooks }, payload, signal),
    end_runs: ({ project_id }) => endRunsByJob(deps, project_id),
    send_mail: async ({ mail_id }, { signal }) => {
      if (!(await dropStaleMail(deps.db, mail_id))) await sendMail(deps, mail_id, signal)
    },
    send_push: (payload, job) =>
      sendPush({ ...deps, ...deps.webhooks, emailFrom: deps.mail.emailFrom }, payload, job),
  }
  const understanding = <N extends JobName>(name: N): Task => {
    return async (payload, job) => work[name](jobs[name].parse(payload) as Understood<N>, job)
  }
  return {
    tell_event: understanding('tell_event'),
    tell_unreachable: understanding('tell_unreachable'),
    mail_items: understanding('mail_items'),
    policy_loosened_mail: understanding('policy_loosened_mail'),
    webhook_disabled_mail: understanding('webhook_disabled_mail'),
    words_mail: understanding('words_mail'),
    deliver_webhook: understanding('deliver_webhook'),
    end_runs: understanding('end_runs'),
    send_mail: understanding('send_mail'),
    send_push: understanding('send_push'),
  }
}
