import { foreignKey, index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { approvals } from './approvals'
import { members, moment } from './identity'

/** Requests that somebody put off for themselves: until then their queue is without them. */
export const snoozes = pgTable(
  'snoozes',
  {
    approvalId: text('approval_id')
      .notNull()
      .references(() => approvals.id, { onDelete: 'cascade' }),
    userId: text('user_id').notNull(),
    projectId: text('project_id').notNull(),
    endsAt: moment('ends_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.approvalId, t.userId] }),
    index('snoozes_person').on(t.projectId, t.userId, t.endsAt),
    foreignKey({
      columns: [t.projectId, t.userId],
      foreignColumns: [members.projectId, members.userId],
    }).onDelete('cascade'),
  ],
)
