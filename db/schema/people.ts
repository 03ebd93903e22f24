import { sql } from 'drizzle-orm'
import { check, foreignKey, index, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { members, moment, projects } from './identity'

/** People of a project under one name, which policies call them by. */
export const groups = pgTable(
  'groups',
  {
    id: text('id').primaryKey(),
    projectId: text('project_id')
      .notNull()
      .references(() => projects.id, { onDelete: 'cascade' }),
    slug: text('slug').notNull(),
    name: text('name').notNull(),
    /** Who keeps its members: admins here, or a directory elsewhere. */
    source: text('source', { enum: ['holdpoint', 'scim'] })
      .notNull()
      .default('holdpoint'),
    /** What the directory calls it. */
    externalId: text('external_id'),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('groups_slug_key').on(t.projectId, t.slug),
    uniqueIndex('groups_external_id_key')
      .on(t.projectId, t.externalId)
      .where(sql`${t.externalId} is not null`),
    check('groups_slug_shape', sql`${t.slug} ~ '^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$'`),
    check('groups_source', sql`${t.source} in ('holdpoint', 'scim')`),
  ],
)

/** Who is in a group. Whoever leaves the project leaves its groups. */
export const groupMembers = pgTable(
  'group_members',
  {
    groupId: text('group_id')
      .notNull()
      .references(() => groups.id, { onDelete: 'cascade' }),
    projectId: text('project_id').notNull(),
    userId: text('user_id').notNull(),
    addedAt: moment('added_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.groupId, t.userId] }),
    index('group_members_member').on(t.projectId, t.userId),
    foreignKey({
      columns: [t.projectId, t.userId],
      foreignColumns: [members.projectId, members.userId],
    }).onDelete('cascade'),
  ],
)

/** When a member is away, and who decides in their place. Of each member one at most is neither over nor revoked. */
export const absences = pgTable(
  'absences',
  {
    id: text('id').primaryKey(),
    projectId: text('project_id').notNull(),
    userId: text('user_id').notNull(),
    delegateId: text('delegate_id'),
    note: text('note'),
    startsAt: moment('starts_at').notNull(),
    endsAt: moment('ends_at').notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
    revokedAt: moment('revoked_at'),
  },
  (t) => [
    index('absences_member').on(t.projectId, t.userId, t.endsAt),
    check('absences_order', sql`${t.startsAt} < ${t.endsAt}`),
    check('absences_delegate', sql`${t.delegateId} <> ${t.userId}`),
    foreignKey({
      columns: [t.projectId, t.userId],
      foreignColumns: [members.projectId, members.userId],
    }).onDelete('cascade'),
  ],
)
