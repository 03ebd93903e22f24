import { z } from 'zod'
import { Moment } from '@/lib/json/schemas'
import { NameText } from '@/lib/members/schemas'
import { idText } from '@/lib/query'
import {
  allEvents,
  canSend,
  chatEvents,
  isChat,
  webhookEvents,
  webhookFormats,
  type WebhookFormat,
} from './formats/names'

export const Webhook = z
  .object({
    id: z.string(),
    name: z.string(),
    format: z.enum(webhookFormats),
    url: z.string(),
    events: z.array(z.enum(allEvents)),
    enabled: z.boolean(),
    disabled_reason: z.string().nullable().meta({ description: 'Why Holdpoint itself switched it off.' }),
    created_at: Moment,
  })
  .meta({ id: 'Webhook' })
/** A webhook as admins see it. */
export type Webhook = z.infer<typeof Webhook>

/** Where a webhook is, and a delivery of it. */
export const WebhookById = z.strictObject({ id: idText('webhook') })
export const DeliveryById = WebhookById.extend({ delivery: idText('delivery') })

export const WebhookWithSecret = Webhook.extend({
  secret: z.string().meta({ description: 'The signing secret (whsec_…); shown this once.' }),
}).meta({ id: 'WebhookWithSecret' })
export type WebhookWithSecret = z.infer<typeof WebhookWithSecret>

const deliveryTypes = [...allEvents, 'webhook.test'] as const

export const DeliveryAttempt = z
  .object({
    at: Moment,
    status_code: z.int().nullable(),
    error: z.string().nullable(),
    duration_ms: z.int(),
    response: z.string().nullable().meta({ description: 'The start of the answer, 1 kB at most.' }),
  })
  .meta({ id: 'DeliveryAttempt' })
export type DeliveryAttempt = z.infer<typeof DeliveryAttempt>

export const Delivery = z
  .object({
    id: z.string(),
    webhook_id: z.string(),
    message_id: z
      .string()
      .meta({ description: 'The `webhook-id` header, the same over retries and redelivery.' }),
    type: z.enum(deliveryTypes),
    approval_id: z.string().nullable(),
    status: z.enum(['pending', 'retrying', 'delivered', 'failed']).meta({
      description: '`pending`: not tried yet; `retrying`: tried in vain, tried again; `failed`: given up.',
    }),
    next_attempt_at: Moment.nullable().meta({
      description:
        'When it is due to be tried; a little later where others of the webhook come first. Null where it is over.',
    }),
    attempts: z.array(DeliveryAttempt).meta({ description: 'Oldest first.' }),
    created_at: Moment,
  })
  .meta({ id: 'Delivery' })
/** One event for one webhook, with every attempt to send it. */
export type Delivery = z.infer<typeof Delivery>

const UrlText = z
  .string()
  .trim()
  .min(1, 'A URL is needed.')
  .max(2000, 'At most 2,000 characters.')
  .meta({ format: 'uri', pattern: '^https?://' })
const RoutingKey = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9_-]{16,128}$/, 'The integration key of PagerDuty: 16 to 128 letters and digits.')
/** What is said of an event that a format cannot send. */
export function cannotSend(format: WebhookFormat): string {
  return format === 'pagerduty'
    ? `PagerDuty is sent what opens an incident or ends it: ${webhookEvents.map((event) => `\`${event}\``).join(', ')}.`
    : 'Only the format standard sends `audit.head`.'
}

const Events = z
  .array(z.enum(allEvents))
  .min(1, 'At least one event.')
  .max(allEvents.length)
  .refine((wanted) => new Set(wanted).size === wanted.length, 'Each event once.')
  .meta({ uniqueItems: true })

/** The formats, as far as they ask for other members. */
const byFormat = [
  {
    title: 'Standard',
    properties: { format: { const: 'standard' } },
    required: ['url'],
    not: { required: ['routing_key'], properties: { routing_key: {} } },
  },
  {
    title: 'Chat',
    properties: {
      format: { enum: webhookFormats.filter(isChat) },
      events: { type: 'array', items: { enum: chatEvents } },
    },
    required: ['url'],
    not: { required: ['routing_key'], properties: { routing_key: {} } },
  },
  {
    title: 'Ntfy',
    properties: {
      format: { const: 'ntfy' },
      url: { type: 'string', pattern: '/[A-Za-z0-9_-]{1,64}/?$' },
      events: { type: 'array', items: { enum: chatEvents } },
    },
    required: ['url'],
    not: { required: ['routing_key'], properties: { routing_key: {} } },
  },
  {
    title: 'PagerDuty',
    properties: {
      format: { const: 'pagerduty' },
      events: { type: 'array', items: { enum: webhookEvents } },
    },
    required: ['routing_key'],
  },
]

export const CreateWebhookInput = z
  .strictObject({
    name: NameText.optional().meta({ description: 'The host of the URL where it is missing.' }),
    format: z.enum(webhookFormats),
    url: UrlText.optional().meta({
      description: 'Needed but for pagerduty, where it is the Events API; for ntfy it ends with the topic.',
    }),
    routing_key: RoutingKey.optional().meta({ description: 'For pagerduty alone, and needed there.' }),
    events: Events.optional().meta({
      description:
        '`approval.requested` and its four ends where it is missing; all others only where named. `audit.head` only in the format standard, and PagerDuty has those five alone.',
    }),
    enabled: z.boolean().optional(),
  })
  .superRefine((input, check) => {
    const isPagerduty = input.format === 'pagerduty'
    const fault = (field: string, message: string) =>
      check.addIssue({ code: 'custom', path: [field], message })
    if (!isPagerduty && input.url === undefined) fault('url', 'A URL is needed.')
    if (isPagerduty && input.routing_key === undefined)
      fault('routing_key', 'PagerDuty needs its integration key.')
    if (!isPagerduty && input.routing_key !== undefined)
      fault('routing_key', 'Only the format pagerduty has a routing key.')
    if (input.events?.some((event) => !canSend(input.format, event)))
      fault('events', cannotSend(input.format))
  })
  .meta({ id: 'CreateWebhookInput', oneOf: byFormat })
export type CreateWebhookInput = z.infer<typeof CreateWebhookInput>

export const UpdateWebhookInput = z
  .strictObject({
    name: NameText.optional(),
    format: z
      .enum(webhookFormats)
      .optional()
      .meta({ description: 'Cannot be changed; may be sent as it is.' }),
    url: UrlText.optional(),
    routing_key: RoutingKey.optional(),
    events: Events.optional(),
    enabled: z.boolean().optional(),
  })
  .meta({ id: 'UpdateWebhookInput' })
export type UpdateWebhookInput = z.infer<typeof UpdateWebhookInput>
