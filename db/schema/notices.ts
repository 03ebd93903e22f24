import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  foreignKey,
  index,
  integer,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { members, moment, sessions } from './identity'

export const noticeKind = pgEnum('notice_kind', [
  'requested',
  'half_time',
  'last_call',
  'webhook_disabled',
  'audit_retention',
  'policy_loosened',
  'your_turn',
  'edited',
  'comment',
  'mention',
  'escalated',
  'assigned',
  'unreachable',
  'agent_paused',
  'limit_near',
  'override',
  'proposal',
])
export const webhookFormat = pgEnum('webhook_format', [
  'standard',
  'slack',
  'teams',
  'pagerduty',
  'discord',
  'google_chat',
  'ntfy',
])
export const deliveryStatus = pgEnum('delivery_status', ['pending', 'delivered', 'failed'])

/** Every mail that Holdpoint writes, kept until retention prunes it; without a mail service, all there is of it. */
export const mails = pgTable(
  'mails',
  {
    id: text('id').primaryKey(),
    /** Sent as `Idempotency-Key`, so that a retry after a lost answer does not mail twice. */
    idempotencyKey: text('idempotency_key').notNull(),
    projectId: text('project_id'),
    kind: text('kind').notNull(),
    recipient: text('recipient').notNull(),
    subject: text('subject').notNull(),
    html: text('html').notNull(),
    text: text('text').notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
    sentAt: moment('sent_at'),
    providerId: text('provider_id'),
  },
  (t) => [
    uniqueIndex('mails_idempotency_key_key').on(t.idempotencyKey),
    index('mails_created').on(t.createdAt),
    index('mails_project').on(t.projectId, t.createdAt),
  ],
)

/** How a member wants to hear of requests; no row is the default. It never changes who may decide. */
export const noticePreferences = pgTable(
  'notice_preferences',
  {
    projectId: text('project_id').notNull(),
    userId: text('user_id').notNull(),
    email: boolean('email').notNull().default(true),
    inApp: boolean('in_app').notNull().default(true),
    /** Wildcards over agents' and tools' names; empty is everything. */
    agents: text('agents')
      .array()
      .notNull()
      .default(sql`'{}'`),
    tools: text('tools')
      .array()
      .notNull()
      .default(sql`'{}'`),
    mutedUntil: timestamp('muted_until', { withTimezone: true, precision: 3 }),
  },
  (t) => [primaryKey({ columns: [t.projectId, t.userId] })],
)

/** What a member is shown in the bell: one row for each person, approval and kind. */
export const notices = pgTable(
  'notices',
  {
    id: text('id').primaryKey(),
    projectId: text('project_id').notNull(),
    userId: text('user_id').notNull(),
    kind: noticeKind('kind').notNull(),
    /** The approval, the webhook that was disabled, or the version of an agent's file. */
    subjectId: text('subject_id').notNull(),
    /** Words where the subject has none of its own. */
    text: text('text'),
    createdAt: moment('created_at').notNull().defaultNow(),
    readAt: moment('read_at'),
    /** Set where what it told of is over: decided, expired, cancelled. */
    clearedAt: moment('cleared_at'),
  },
  (t) => [
    uniqueIndex('notices_subject_key').on(t.subjectId, t.userId, t.kind),
    index('notices_list').on(t.projectId, t.userId, t.createdAt.desc(), t.id.desc()),
    index('notices_unread')
      .on(t.projectId, t.userId)
      .where(sql`${t.readAt} is null and ${t.clearedAt} is null`),
    index('notices_created').on(t.projectId, t.createdAt),
  ],
)

/** What is to be mailed to a person, gathered into one mail a minute. */
export const mailItems = pgTable(
  'mail_items',
  {
    projectId: text('project_id').notNull(),
    userId: text('user_id').notNull(),
    /** The approval, or the version of an agent's file. */
    approvalId: text('approval_id').notNull(),
    kind: noticeKind('kind').notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
    /** The mail that it went into, or `-` where it was no longer worth a mail. */
    mailId: text('mail_id'),
  },
  (t) => [
    primaryKey({ columns: [t.approvalId, t.userId, t.kind] }),
    index('mail_items_waiting')
      .on(t.projectId, t.userId)
      .where(sql`${t.mailId} is null`),
    index('mail_items_created').on(t.projectId, t.createdAt),
  ],
)

/**
 * Browsers that are told of a project's requests by push while no page is open. Each goes with the session in which it
 * was switched on and with the membership.
 */
export const pushSubscriptions = pgTable(
  'push_subscriptions',
  {
    id: text('id').primaryKey(),
    projectId: text('project_id').notNull(),
    userId: text('user_id').notNull(),
    sessionToken: text('session_token')
      .notNull()
      .references(() => sessions.sessionToken, { onDelete: 'cascade' }),
    /** Address at the browser's push service. */
    endpoint: text('endpoint').notNull(),
    /** The browser's public key and the secret shared with it, base64url (RFC 8291). */
    p256dh: text('p256dh').notNull(),
    auth: text('auth').notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
    /** When the last push was queued. */
    toldAt: moment('told_at'),
  },
  (t) => [
    uniqueIndex('push_subscriptions_endpoint_key').on(t.endpoint, t.projectId),
    index('push_subscriptions_member').on(t.projectId, t.userId),
    index('push_subscriptions_session').on(t.sessionToken),
    foreignKey({
      columns: [t.projectId, t.userId],
      foreignColumns: [members.projectId, members.userId],
    }).onDelete('cascade'),
  ],
)

/** Where a project's events are sent. Secrets are encrypted with a key made from AUTH_SECRET. */
export const webhooks = pgTable(
  'webhooks',
  {
    id: text('id').primaryKey(),
    projectId: text('project_id').notNull(),
    name: text('name').notNull(),
    format: webhookFormat('format').notNull(),
    url: text('url').notNull(),
    secret: text('secret').notNull(),
    previousSecret: text('previous_secret'),
    previousSecretUntil: moment('previous_secret_until'),
    routingKey: text('routing_key'),
    events: text('events').array().notNull(),
    enabled: boolean('enabled').notNull().default(true),
    disabledReason: text('disabled_reason'),
    /** Since when there was nothing but failures. */
    failingSince: moment('failing_since'),
    /** Nothing is sent before it: a chat service takes one message a second, and a receiver may ask for a pause. */
    quietUntil: moment('quiet_until'),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (t) => [
    index('webhooks_project').on(t.projectId, t.createdAt),
    check('webhooks_routing_key', sql`(${t.format} = 'pagerduty') = (${t.routingKey} is not null)`),
  ],
)

/** One event for one webhook, whatever number of attempts it takes. */
export const deliveries = pgTable(
  'deliveries',
  {
    id: text('id').primaryKey(),
    projectId: text('project_id').notNull(),
    webhookId: text('webhook_id')
      .notNull()
      .references(() => webhooks.id, { onDelete: 'cascade' }),
    /** The outbox row that it tells of; null for a test. */
    eventId: bigint('event_id', { mode: 'number' }),
    /** The `webhook-id` header, the same over retries and redelivery. */
    messageId: text('message_id').notNull(),
    type: text('type').notNull(),
    approvalId: text('approval_id'),
    status: deliveryStatus('status').notNull().default('pending'),
    /** Frozen at the first send. */
    body: text('body'),
    createdAt: moment('created_at').notNull().defaultNow(),
    settledAt: moment('settled_at'),
  },
  (t) => [
    uniqueIndex('deliveries_event_key').on(t.webhookId, t.eventId),
    index('deliveries_list').on(t.projectId, t.webhookId, t.createdAt.desc(), t.id.desc()),
    index('deliveries_pending')
      .on(t.webhookId, t.eventId)
      .where(sql`${t.status} = 'pending'`),
  ],
)

export const deliveryAttempts = pgTable(
  'delivery_attempts',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    deliveryId: text('delivery_id')
      .notNull()
      .references(() => deliveries.id, { onDelete: 'cascade' }),
    at: moment('at').notNull().defaultNow(),
    statusCode: integer('status_code'),
    error: text('error'),
    durationMs: integer('duration_ms').notNull(),
    response: text('response'),
  },
  (t) => [index('delivery_attempts_delivery').on(t.deliveryId, t.at)],
)
