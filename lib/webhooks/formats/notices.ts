import { z } from 'zod'
import { Approval } from '@/lib/approvals/schemas'
import { Moment } from '@/lib/json/schemas'
import { approvalEvents, pauseEvents } from './names'

const timestamp = Moment.meta({ description: 'When it happened.' })

/** What a webhook of the format `standard` is sent of an approval. */
export const ApprovalNotice = z.object({ type: z.enum(approvalEvents), timestamp, data: Approval })

/** What it is sent of a pause. */
export const PauseNotice = z.object({
  type: z.enum(pauseEvents),
  timestamp,
  data: z.object({
    project_id: z.string(),
    agent: z.string().nullable().meta({ description: 'Null where it is of the whole project.' }),
    by: z.string().meta({ description: 'Who did it, as a name.' }),
    reason: z.string().nullable(),
  }),
})

/** What it is sent of the audit log. */
export const HeadNotice = z
  .object({
    type: z.literal('audit.head'),
    timestamp,
    data: z.object({
      project_id: z.string(),
      seq: z.int().meta({ description: 'Of the newest sealed entry.' }),
      hash: z.string(),
      at: Moment,
    }),
  })
  .meta({ id: 'AuditHeadNotice' })

/** What it is sent when somebody tests it. */
export const TestNotice = z
  .object({
    type: z.literal('webhook.test'),
    timestamp,
    data: z.object({ webhook_id: z.string(), name: z.string(), url: z.string() }),
  })
  .meta({ id: 'WebhookTestNotice' })

export type Notice = z.infer<typeof ApprovalNotice> | z.infer<typeof PauseNotice> | z.infer<typeof TestNotice>
