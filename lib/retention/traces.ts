import { sql, type SQL } from 'drizzle-orm'
import type { Transaction } from '@/db/client'

/** Rows of one batch at most, and of those that may hold what an agent sent. */
const most = { rows: 500, large: 100 }

/** One kind of deleting, of a project or for everybody. */
export type Prune = {
  name: string
  projectId: string
  /** Rows of one batch at most. */
  most: number
  /** Deletes one batch in the caller's transaction. @returns how many rows; 0 where nothing is due */
  run(tx: Transaction, rows: number): Promise<number>
}

// The rows as an array: a semi-join with many might be planned as a scan of the whole table.
const deleteBy =
  (projectId: string) =>
  (name: string, statement: (rows: number) => SQL, rows = most.rows): Prune => ({
    name,
    projectId,
    most: rows,
    run: async (tx, some) => (await tx.execute(statement(some))).count,
  })

const daysAgo = (days: number) => sql`(select clock_timestamp() - make_interval(days => ${days}::int))`

/**
 * What a project's approvals left behind elsewhere and is older than the period, 500 rows at a time, oldest first:
 * webhook deliveries that are settled, with their attempts; notices and lines for mails, but for those of an
 * approval that is still pending; mails; events of the stream. The newest event stays, so that their numbers go
 * on, and a stream that resumes from one that is gone goes on with the oldest that is kept.
 * @param days 1 to 36,500
 */
export function tracePrunes(projectId: string, days: number): Prune[] {
  const isPending = (id: SQL) =>
    sql`exists (select 1 from approvals a where a.id = ${id} and a.status = 'pending')`
  const by = deleteBy(projectId)
  return [
    by(
      'deliveries',
      (rows) => sql`
      delete from deliveries where id = any(array(
        select d.id from webhooks w cross join lateral (
          select id from deliveries d
          where d.project_id = ${projectId} and d.webhook_id = w.id and d.created_at < ${daysAgo(days)}
            and d.status <> 'pending'
          order by d.created_at limit ${rows}
        ) d
        where w.project_id = ${projectId} limit ${rows}))`,
      most.large,
    ),
    by(
      'notices',
      (rows) => sql`
      delete from notices where id = any(array(
        select n.id from notices n
        where n.project_id = ${projectId} and n.created_at < ${daysAgo(days)} and not ${isPending(sql`n.subject_id`)}
        order by n.created_at limit ${rows}))`,
    ),
    by(
      'mail_items',
      (rows) => sql`
      delete from mail_items where ctid = any(array(
        select i.ctid from mail_items i
        where i.project_id = ${projectId} and i.created_at < ${daysAgo(days)} and not ${isPending(sql`i.approval_id`)}
        order by i.created_at limit ${rows}))`,
    ),
    by(
      'mails',
      (rows) => sql`
      delete from mails where id = any(array(
        select id from mails where project_id = ${projectId} and created_at < ${daysAgo(days)}
        order by created_at limit ${rows}))`,
    ),
    // The oldest first and then their age: a scan for old ones would read all that are kept.
    by(
      'approval_events',
      (rows) => sql`
      delete from approval_events where id = any(array(
        select id from (
          select id, seq, at from approval_events
          where project_id = ${projectId} and seq is not null order by seq limit ${rows}
        ) oldest
        where at < ${daysAgo(days)}
          and seq < (select max(seq) from approval_events where project_id = ${projectId})))`,
    ),
  ]
}

const mailDays = 30
const jobDays = 30
const asideDays = 90

const common = deleteBy('-')

/**
 * What belongs to no project's period and nobody can use any more, 500 rows at a time: sessions, sign-in links and
 * the codes of commands a day after they expired, invitations 30 days after, mails without a project (sign-in links) 30 days after they
 * were written, jobs 30 days after they failed for good, what was set aside 90 days after it first was.
 */
export const commonPrunes: Prune[] = [
  common(
    'sessions',
    (rows) => sql`
    delete from sessions where session_token = any(array(
      select session_token from sessions where expires < ${daysAgo(1)} order by expires limit ${rows}))`,
  ),
  common(
    'verification_tokens',
    (rows) => sql`
    delete from verification_tokens where ctid = any(array(
      select ctid from verification_tokens where expires < ${daysAgo(1)}
      order by expires limit ${rows}))`,
  ),
  common(
    'device_logins',
    (rows) => sql`
    delete from device_logins where device_hash = any(array(
      select device_hash from device_logins where expires_at < ${daysAgo(1)} order by expires_at limit ${rows}))`,
  ),
  common(
    'invitations',
    (rows) => sql`
    delete from invitations where id = any(array(
      select id from invitations where expires_at < ${daysAgo(30)} order by expires_at limit ${rows}))`,
  ),
  common(
    'mails of nobody',
    (rows) => sql`
    delete from mails where id = any(array(
      select id from mails where project_id is null and created_at < ${daysAgo(mailDays)}
      order by created_at limit ${rows}))`,
  ),
  common(
    'jobs',
    (rows) => sql`
    select id from graphile_worker.complete_jobs(array(
      select id from graphile_worker.jobs
      where attempts >= max_attempts and locked_at is null and updated_at < ${daysAgo(jobDays)}
      limit ${rows}))`,
  ),
  common(
    'set_aside',
    (rows) => sql`
    delete from set_aside where ctid = any(array(
      select ctid from set_aside where at < ${daysAgo(asideDays)} order by at limit ${rows}))`,
  ),
]
