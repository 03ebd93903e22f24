import { index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { moment } from './identity'

/**
 * What the work behind the answers could not do, though it was tried alone, so that it holds up nothing else: it is
 * tried again at `retry_at`, and not any more where that is null. Once it is done the row goes.
 */
export const setAside = pgTable(
  'set_aside',
  {
    /** The kind of work, such as `search`. */
    kind: text('kind').notNull(),
    /** The row that it is about: an event, an approval, a run, an audit entry. */
    subjectId: text('subject_id').notNull(),
    projectId: text('project_id').notNull(),
    tries: integer('tries').notNull().default(1),
    /** The kind of the last error, never what callers sent. */
    error: text('error').notNull(),
    at: moment('at').notNull().defaultNow(),
    retryAt: moment('retry_at'),
  },
  (t) => [primaryKey({ columns: [t.kind, t.subjectId] }), index('set_aside_at').on(t.at)],
)
