import { z } from 'zod'
import { sendMail } from '@/lib/notices/email'
import { gatherMail } from '@/lib/notices/gather'
import { dropStaleMail } from '@/lib/notices/stale-mail'
import { tellEvents, type QueueDeliveries, type TellDeps } from '@/lib/notices/tell'
import { writePolicyLoosenedMail } from '@/lib/notices/policy-loosened'
import { writeWebhookDisabledMails } from '@/lib/notices/webhook-disabled'
import { deliverWebhook, type DeliverDeps } from '@/lib/webhooks/deliver'

/** What a task may know of its job; `signal` fires where the process is about to stop. */
export type JobInfo = { attempts: number; maxAttempts: number; signal: AbortSignal | undefined }

/**
 * Does one job. It may be called again for the same job, so it must bear that; throwing means: again later.
 */
export type Task = (payload: unknown, job: JobInfo) => Promise<void>
export type TaskList = Record<string, Task>

const MailPayload = z.object({ mail_id: z.string() })
const EventPayload = z.union([
  z.object({ event_id: z.int() }).transform(({ event_id: id }) => [id]),
  z.object({ event_ids: z.array(z.int()) }).transform(({ event_ids: ids }) => ids),
])
const PersonPayload = z.object({ project_id: z.string(), user_id: z.string() })
const DisabledPayload = z.object({
  projectId: z.string(),
  webhookId: z.string(),
  name: z.string(),
  reason: z.string(),
  at: z.string(),
})
const DeliveryJobPayload = z.union([
  z.object({ delivery_id: z.string(), by_hand: z.boolean() }),
  z.object({ webhook_id: z.string() }),
])

export type JobDeps = TellDeps & {
  queueDeliveries?: QueueDeliveries
  webhooks?: Omit<DeliverDeps, 'db' | 'appUrl'>
}

/** The tasks that this version knows. */
export function jobTasks(deps: JobDeps): TaskList {
  return {
    tell_event: async (payload) => {
      await tellEvents(deps, EventPayload.parse(payload), deps.queueDeliveries ?? (async () => undefined))
    },
    mail_items: async (payload) => {
      const { project_id: projectId, user_id: userId } = PersonPayload.parse(payload)
      await gatherMail(deps, projectId, userId)
    },
    webhook_disabled_mail: async (payload) => {
      await writeWebhookDisabledMails(deps, DisabledPayload.parse(payload))
    },
    policy_loosened_mail: async (payload) => {
      const { project_id: projectId, user_id: userId } = PersonPayload.parse(payload)
      await writePolicyLoosenedMail(deps, projectId, userId)
    },
    ...(deps.webhooks ? { deliver_webhook: deliveryTask({ ...deps, ...deps.webhooks }) } : {}),
    send_mail: async (payload, job) => {
      const mailId = MailPayload.parse(payload).mail_id
      if (!(await dropStaleMail(deps.db, mailId))) await sendMail(deps, mailId, job.signal)
    },
  }
}

function deliveryTask(deps: DeliverDeps): Task {
  return (payload, job) => deliverWebhook(deps, DeliveryJobPayload.parse(payload), job.signal)
}
