import { sql } from 'drizzle-orm'
import {
  boolean,
  check,
  customType,
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

/** A moment to the millisecond, which JavaScript's `Date` and keyset cursors carry without loss. */
export const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3 })

export const bytes = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' })

/** Since when nothing is released, by whom and why; null where it is. */
export const paused = () => ({
  pausedAt: moment('paused_at'),
  pausedBy: text('paused_by'),
  pauseReason: text('pause_reason'),
})

export const memberRole = pgEnum('member_role', ['owner', 'admin', 'reviewer', 'viewer'])
export const keyKind = pgEnum('key_kind', ['agent', 'personal'])
export const deployers = pgEnum('deployers', ['anyone', 'people'])

export const users = pgTable(
  'users',
  {
    id: text('id').primaryKey(),
    name: text('name'),
    email: text('email').notNull(),
    emailVerified: moment('email_verified'),
    image: text('image'),
    createdAt: moment('created_at').notNull().defaultNow(),
    /** What the directory that provisions people calls them. */
    externalId: text('external_id'),
    /** JSON: when they are told of nothing that can wait, and by the clock of which zone; null is never. */
    quietHours: text('quiet_hours'),
  },
  (t) => [
    uniqueIndex('users_email_key').on(t.email),
    uniqueIndex('users_external_id_key')
      .on(t.externalId)
      .where(sql`${t.externalId} is not null`),
    check('users_email_lower', sql`${t.email} = lower(${t.email})`),
  ],
)

/** Sign-in providers' accounts, in the shape that next-auth's adapter expects. */
export const accounts = pgTable(
  'accounts',
  {
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    type: text('type').notNull(),
    provider: text('provider').notNull(),
    providerAccountId: text('provider_account_id').notNull(),
    refresh_token: text('refresh_token'),
    access_token: text('access_token'),
    expires_at: integer('expires_at'),
    token_type: text('token_type'),
    scope: text('scope'),
    id_token: text('id_token'),
    session_state: text('session_state'),
  },
  (t) => [primaryKey({ columns: [t.provider, t.providerAccountId] }), index('accounts_user_id').on(t.userId)],
)

export const sessions = pgTable(
  'sessions',
  {
    sessionToken: text('session_token').primaryKey(),
    /** What records call it by: the token and its hash are for nobody to read. */
    id: text('id')
      .notNull()
      .default(sql`'ses_' || left(replace(gen_random_uuid()::text, '-', ''), 26)`),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    expires: moment('expires').notNull(),
  },
  (t) => [index('sessions_user_id').on(t.userId), index('sessions_expires').on(t.expires)],
)

export const verificationTokens = pgTable(
  'verification_tokens',
  {
    identifier: text('identifier').notNull(),
    token: text('token').notNull(),
    expires: moment('expires').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.identifier, t.token] }),
    index('verification_tokens_expires').on(t.expires),
  ],
)

export const projects = pgTable(
  'projects',
  {
    id: text('id').primaryKey(),
    slug: text('slug').notNull(),
    name: text('name').notNull(),
    allowOwnRequest: boolean('allow_own_request').notNull().default(false),
    /** Who may deploy agents' files: whoever has the right, or people alone. */
    deploys: deployers('deploys').notNull().default('anyone'),
    /** Whether the audit log tells of each run that begins and ends. */
    auditRuns: boolean('audit_runs').notNull().default(false),
    /** How long runs and what hangs on them are kept after their end; null is for ever. */
    retentionDays: integer('retention_days'),
    /** How long the audit log is kept, never shorter than the runs it tells of; null is for ever. */
    auditRetentionDays: integer('audit_retention_days'),
    /** A shorter period that is to come, and when: a trigger sets the time and lets nothing shorten it before. */
    auditRetentionNext: integer('audit_retention_next'),
    auditRetentionNextAt: moment('audit_retention_next_at'),
    createdAt: moment('created_at').notNull().defaultNow(),
    ...paused(),
    /** Since when nothing is asked for or released any more, and by whom; null where the project is open. */
    archivedAt: moment('archived_at'),
    archivedBy: text('archived_by'),
    /** An IANA name. */
    timeZone: text('time_zone').notNull().default('UTC'),
    /** JSON: the hours of each day of the week in which people decide; null is all. */
    hours: text('hours'),
    /** Whether an owner or admin may decide against what the policy demands, which everybody is told. */
    breakGlass: boolean('break_glass').notNull().default(false),
    /** Whose figures reviewers see. */
    reviewerStats: text('reviewer_stats').notNull().default('own'),
    receipts: boolean('receipts').notNull().default(false),
    /** In a test project, decisions may be scripted. It is said when the project is made. */
    kind: text('kind', { enum: ['live', 'test'] })
      .notNull()
      .default('live'),
  },
  (t) => [
    uniqueIndex('projects_slug_key').on(t.slug),
    check('projects_slug_shape', sql`${t.slug} ~ '^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$'`),
    check('projects_kind', sql`${t.kind} in ('live', 'test')`),
    check('projects_retention_bounds', sql`${t.retentionDays} between 1 and 36500`),
    check(
      'projects_audit_retention_bounds',
      sql`${t.auditRetentionDays} is null or (${t.auditRetentionDays} between coalesce(${t.retentionDays}, 36501) and 36500)`,
    ),
    check(
      'projects_audit_retention_next_bounds',
      sql`(${t.auditRetentionNext} is null) = (${t.auditRetentionNextAt} is null)
        and (${t.auditRetentionNext} is null or ${t.auditRetentionNext} between coalesce(${t.retentionDays}, 36501) and 36500)`,
    ),
  ],
)

/** Who belongs to a project; `joinedAt` is null while an invitation is open. */
export const members = pgTable(
  'members',
  {
    projectId: text('project_id')
      .notNull()
      .references(() => projects.id, { onDelete: 'cascade' }),
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    role: memberRole('role').notNull(),
    invitedAt: moment('invited_at').notNull().defaultNow(),
    joinedAt: moment('joined_at'),
  },
  (t) => [primaryKey({ columns: [t.projectId, t.userId] }), index('members_user_id').on(t.userId)],
)

export const invitations = pgTable(
  'invitations',
  {
    id: text('id').primaryKey(),
    projectId: text('project_id').notNull(),
    userId: text('user_id').notNull(),
    tokenHash: text('token_hash').notNull(),
    invitedBy: text('invited_by').notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
    expiresAt: moment('expires_at').notNull(),
    acceptedAt: moment('accepted_at'),
  },
  (t) => [
    uniqueIndex('invitations_token_hash_key').on(t.tokenHash),
    index('invitations_member').on(t.projectId, t.userId),
    index('invitations_expires').on(t.expiresAt),
    foreignKey({
      columns: [t.projectId, t.userId],
      foreignColumns: [members.projectId, members.userId],
    }).onDelete('cascade'),
  ],
)

/** Bearer tokens, by the SHA-256 of the whole token: agent keys and members' personal tokens. */
export const keys = pgTable(
  'keys',
  {
    id: text('id').primaryKey(),
    projectId: text('project_id')
      .notNull()
      .references(() => projects.id, { onDelete: 'cascade' }),
    kind: keyKind('kind').notNull(),
    name: text('name').notNull(),
    scopes: text('scopes').array().notNull(),
    prefix: text('prefix').notNull(),
    tokenHash: text('token_hash').notNull(),
    /** The member that a personal token acts as; null for agent keys. */
    userId: text('user_id').references(() => users.id),
    createdBy: text('created_by'),
    createdAt: moment('created_at').notNull().defaultNow(),
    lastUsedAt: moment('last_used_at'),
    /** When it was last recorded that it was refused, revoked or expired as it is. */
    refusedAt: moment('refused_at'),
    expiresAt: moment('expires_at'),
    revokedAt: moment('revoked_at'),
  },
  (t) => [
    uniqueIndex('keys_token_hash_key').on(t.tokenHash),
    index('keys_project').on(t.projectId, t.createdAt),
    check('keys_owner', sql`(${t.kind} = 'personal') = (${t.userId} is not null)`),
    check('keys_scopes', sql`${t.scopes} <@ array['run', 'deploy', 'read']`),
  ],
)

/** Commands that ask to act as somebody, until that person has said yes or no (RFC 8628). Codes are kept as hashes. */
export const deviceLogins = pgTable(
  'device_logins',
  {
    deviceHash: text('device_hash').primaryKey(),
    codeHash: text('code_hash').notNull(),
    /** What whoever asks calls itself. */
    name: text('name').notNull(),
    address: text('address'),
    createdAt: moment('created_at').notNull().defaultNow(),
    expiresAt: moment('expires_at').notNull(),
    polledAt: moment('polled_at'),
    isDenied: boolean('is_denied').notNull().default(false),
    /** Who said yes, for which project. */
    projectId: text('project_id').references(() => projects.id, { onDelete: 'cascade' }),
    userId: text('user_id').references(() => users.id, { onDelete: 'cascade' }),
    sessionId: text('session_id'),
  },
  (t) => [
    uniqueIndex('device_logins_code_hash_key').on(t.codeHash),
    index('device_logins_expires').on(t.expiresAt),
    check('device_logins_confirmed', sql`(${t.projectId} is null) = (${t.userId} is null)`),
  ],
)
