import { sql } from 'drizzle-orm'
import type { Database, Queryable } from '@/db/client'
import { recordAudit } from '@/lib/audit/record'
import type { Project, SystemActor } from '@/lib/context'

const operator: SystemActor = { type: 'system', id: 'operator', label: 'Operator', via: 'cli' }

/** The fewest days for which any audit log is kept, as the database enforces it. */
export async function readAuditFloor(db: Queryable): Promise<number> {
  const [row] = await db.execute<{ days: number }>(sql`select min_days as days from audit_floor`)
  if (!row) throw new Error('the database has no floor for audit logs')
  return row.days
}

/**
 * Makes the operator's floor the database's. Projects whose audit log is kept for less are raised to it at once, and
 * what was announced below it is called off, each with its entry. A role that may not write it leaves it as it is.
 * @param days 1 to 36,500
 * @returns the floor that is in force
 */
export async function setAuditFloor(db: Database, days: number): Promise<number> {
  return db.transaction(async (tx) => {
    const inForce = await readAuditFloor(tx)
    const [may] = await tx.execute<{ write: boolean }>(
      sql`select has_table_privilege('audit_floor', 'update') as write`,
    )
    const floor = may?.write ? days : inForce
    if (floor !== inForce) await tx.execute(sql`update audit_floor set min_days = ${floor}`)
    await raiseTo(tx, floor)
    return floor
  })
}

type Raised = Project & { before: number | null; after: number | null; next: number | null }

async function raiseTo(tx: Queryable, floor: number): Promise<void> {
  const raised = await tx.execute<Raised>(sql`
    with low as (
      select id, audit_retention_days as before, audit_retention_next as next from projects
      where audit_retention_days < ${floor} or audit_retention_next < ${floor} for no key update
    )
    update projects p set audit_retention_days = case when low.before is null then null else greatest(low.before, ${floor}) end,
      audit_retention_next = case when low.next < ${floor} then null else low.next end
    from low where p.id = low.id
    returning p.id, p.slug, p.name, p.allow_own_request as "allowOwnRequest", low.before, p.audit_retention_days as after,
      low.next`)
  for (const { before, after, next, ...project } of raised)
    await recordAudit(
      tx,
      { project, actor: operator },
      {
        action: 'project.updated',
        target: { type: 'project', id: project.id, label: project.name },
        detail: {
          changes: {
            ...(before === after ? {} : { audit_retention_days: { from: before, to: after } }),
            ...(next === null || next >= floor ? {} : { audit_retention_pending: { from: next, to: null } }),
          },
          because: `The operator keeps audit logs for at least ${floor} days.`,
        },
      },
    )
}
