import { sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { recordAudit } from '@/lib/audit/record'
import { holdpointActor, type Project } from '@/lib/context'

/** How long a shorter period waits before it counts; the database's triggers know the same number. */
const noticeDays = 7

/**
 * Puts those shorter periods in effect whose time of notice is over, each with its entry; what is below a floor that
 * was raised since waits until that is lowered, or the announcement called off.
 * @param projectId only this project's
 */
export async function applyDuePeriods(tx: Queryable, projectId?: string): Promise<void> {
  const due = await tx.execute<Project & { before: number | null; days: number }>(sql`
    with due as (
      select id, audit_retention_days as before, audit_retention_next as days from projects
      where audit_retention_next_at <= clock_timestamp() and audit_retention_next >= (select min_days from audit_floor)
        ${projectId === undefined ? sql`` : sql`and id = ${projectId}`} for no key update
    )
    update projects p set audit_retention_days = due.days, audit_retention_next = null, audit_retention_next_at = null
    from due where p.id = due.id
    returning p.id, p.slug, p.name, p.allow_own_request as "allowOwnRequest", due.before, due.days`)
  for (const { before, days, ...project } of due)
    await recordAudit(
      tx,
      { project, actor: holdpointActor },
      {
        action: 'project.updated',
        target: { type: 'project', id: project.id, label: project.name },
        detail: {
          changes: {
            audit_retention_days: { from: before, to: days },
            audit_retention_pending: { from: days, to: null },
          },
          because: `It was announced ${noticeDays} days before.`,
        },
      },
    )
}
