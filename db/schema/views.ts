import { sql } from 'drizzle-orm'
import { foreignKey, index, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { members, moment, projects } from './identity'

/** Filters of the queue under a name. */
export const views = pgTable(
  'views',
  {
    id: text('id').primaryKey(),
    projectId: text('project_id')
      .notNull()
      .references(() => projects.id, { onDelete: 'cascade' }),
    /** Whose it is; null: the project's. */
    userId: text('user_id'),
    name: text('name').notNull(),
    /** JSON: the filters as the page's address has them. */
    filter: text('filter').notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('views_name_key').on(t.projectId, sql`(coalesce(${t.userId}, ''))`, t.name),
    foreignKey({
      columns: [t.projectId, t.userId],
      foreignColumns: [members.projectId, members.userId],
    }).onDelete('cascade'),
  ],
)

/** The view with which somebody's queue begins. */
export const viewDefaults = pgTable(
  'view_defaults',
  {
    projectId: text('project_id').notNull(),
    userId: text('user_id').notNull(),
    viewId: text('view_id')
      .notNull()
      .references(() => views.id, { onDelete: 'cascade' }),
  },
  (t) => [
    primaryKey({ columns: [t.projectId, t.userId] }),
    index('view_defaults_view').on(t.viewId),
    foreignKey({
      columns: [t.projectId, t.userId],
      foreignColumns: [members.projectId, members.userId],
    }).onDelete('cascade'),
  ],
)
