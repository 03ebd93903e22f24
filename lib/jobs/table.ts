import { z } from 'zod'
import { roles } from '@/lib/context'

const person = z.object({ project_id: z.string(), user_id: z.string() })

/** Every job there is, with its payload: whoever queues one and whoever does it read it here. */
export const jobs = {
  /** Tells people and webhooks of events of the outbox, all of one project. */
  tell_event: z.union([
    z.object({ event_ids: z.array(z.int()) }),
    // as it was queued before jobs told of several
    z.object({ event_id: z.int() }).transform(({ event_id }) => ({ event_ids: [event_id] })),
  ]),
  /** Looks for requests of a project that nobody could decide on. */
  tell_unreachable: z.object({ project_id: z.string() }),
  /** Gathers what waits for a person into a mail. */
  mail_items: person,
  /** Gathers what keys did to policies into a mail. */
  policy_loosened_mail: person,
  webhook_disabled_mail: z.object({
    projectId: z.string(),
    webhookId: z.string(),
    name: z.string(),
    reason: z.string(),
    at: z.string(),
  }),
  /** Tells a project's members, of a role or above, something at once. */
  words_mail: z.object({
    id: z.string(),
    project_id: z.string(),
    role: z.enum(roles),
    title: z.string(),
    words: z.string(),
    /** Where it leads, and what that is called. */
    path: z.string(),
    label: z.string(),
  }),
  /** Sends one delivery, or the oldest of a chat webhook. */
  deliver_webhook: z.union([
    z.object({ delivery_id: z.string(), by_hand: z.boolean() }),
    z.object({ webhook_id: z.string() }),
  ]),
  /** Ends the open runs of a project that was archived. */
  end_runs: z.object({ project_id: z.string() }),
  send_mail: z.object({ mail_id: z.string() }),
  /** Tells one browser by push. */
  send_push: z.object({
    browser_id: z.string(),
    approval_ids: z.array(z.string()),
    title: z.string(),
    body: z.string(),
    /** Where a press on it leads. */
    path: z.string(),
  }),
}

export type JobName = keyof typeof jobs
/** Those that are always added under a key, which one loses that is added again while it runs. */
export const keyedJobs: JobName[] = [
  'tell_unreachable',
  'mail_items',
  'policy_loosened_mail',
  'deliver_webhook',
  'end_runs',
]
/** What a job is queued with. */
export type Payload<N extends JobName> = z.input<(typeof jobs)[N]>
/** What a task is handed. */
export type Understood<N extends JobName> = z.output<(typeof jobs)[N]>
