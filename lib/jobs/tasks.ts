import { z } from 'zod'
import { sendMail } from '@/lib/notices/email'
import { gatherMail } from '@/lib/notices/gather'
import { remind } from '@/lib/notices/remind'
import { dropStaleMail } from '@/lib/notices/stale-mail'
import { tellEvent, type QueueDeliveries, type TellDeps } from '@/lib/notices/tell'
import { writeWebhookDisabledMails } from '@/lib/notices/webhook-disabled'

/** What a task may know of its job; `signal` fires where the process is about to stop. */
export type JobInfo = { attempts: number; maxAttempts: number; signal: AbortSignal | undefined }

/**
 * Does one job. It may be called again for the same job, so it must bear that; throwing means: again later.
 */
export type Task = (payload: unknown, job: JobInfo) => Promise<void>
export type TaskList = Record<string, Task>

const MailPayload = z.object({ mail_id: z.string() })
const EventPayload = z.object({ event_id: z.int() })
const PersonPayload = z.object({ project_id: z.string(), user_id: z.string() })
const ReminderPayload = z.object({ approval_id: z.string(), kind: z.enum(['half_time', 'last_call']) })
const DisabledPayload = z.object({
  projectId: z.string(),
  webhookId: z.string(),
  name: z.string(),
  reason: z.string(),
  at: z.string(),
})

export type JobDeps = TellDeps & { queueDeliveries?: QueueDeliveries }

/** The tasks that this version knows. */
export function jobTasks(deps: JobDeps): TaskList {
  return {
    tell_event: async (payload) => {
      await tellEvent(deps, EventPayload.parse(payload).event_id, deps.queueDeliveries ?? (async () => undefined))
    },
    remind: async (payload) => {
      const { approval_id: approvalId, kind } = ReminderPayload.parse(payload)
      await remind(deps, approvalId, kind)
    },
    mail_items: async (payload) => {
      const { project_id: projectId, user_id: userId } = PersonPayload.parse(payload)
      await gatherMail(deps, projectId, userId)
    },
    webhook_disabled_mail: async (payload) => {
      await writeWebhookDisabledMails(deps, DisabledPayload.parse(payload))
    },
    send_mail: async (payload, job) => {
      const mailId = MailPayload.parse(payload).mail_id
      if (!(await dropStaleMail(deps.db, mailId))) await sendMail(deps, mailId, job.signal)
    },
  }
}
