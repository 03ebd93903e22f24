import { index, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { moment } from './identity'

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
  (t) => [uniqueIndex('mails_idempotency_key_key').on(t.idempotencyKey), index('mails_created').on(t.createdAt)],
)
