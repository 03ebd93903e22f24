import { sql } from 'drizzle-orm'
import { check, index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { moment, paused, projects } from './identity'

export const agents = pgTable(
  'agents',
  {
    id: text('id').primaryKey(),
    projectId: text('project_id')
      .notNull()
      .references(() => projects.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    /** The version in force; counts from 1. */
    version: integer('version').notNull(),
    /** Row of the version in force: the key under which compiled policies are kept in memory. */
    versionId: text('version_id').notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
    ...paused(),
    /** Groups and people who answer for it, as the file in force names them. */
    owners: text('owners').array(),
    /** The set of tools that it last reported. */
    toolsId: text('tools_id'),
  },
  (t) => [
    uniqueIndex('agents_project_name_key').on(t.projectId, t.name),
    check('agents_name_shape', sql`${t.name} ~ '^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$'`),
    check('agents_version_positive', sql`${t.version} >= 1`),
  ],
)

/** Every file that was ever deployed, as it came. Rows are never changed, but for a `policy` that was not kept yet. */
export const agentVersions = pgTable(
  'agent_versions',
  {
    id: text('id').primaryKey(),
    projectId: text('project_id').notNull(),
    agentId: text('agent_id')
      .notNull()
      .references(() => agents.id, { onDelete: 'cascade' }),
    version: integer('version').notNull(),
    config: text('config').notNull(),
    /**
     * The policy as understood, JSON as the API shows it, so that showing a file never means to parse it. Null on
     * rows from before there was this column; they are filled in (`lib/agents/understood.ts`).
     */
    policy: text('policy'),
    warnings: jsonb('warnings')
      .$type<{ code: string; message: string; line: number; column: number }[]>()
      .notNull(),
    deployedByType: text('deployed_by_type').notNull(),
    deployedById: text('deployed_by_id').notNull(),
    deployedByLabel: text('deployed_by_label').notNull(),
    deployedAt: moment('deployed_at').notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('agent_versions_agent_version_key').on(t.agentId, t.version),
    index('agent_versions_project').on(t.projectId, t.deployedAt),
    index('agent_versions_not_understood')
      .on(t.id)
      .where(sql`${t.policy} is null`),
  ],
)
