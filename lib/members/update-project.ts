import { eq } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { projects } from '@/db/schema/identity'
import { recordAudit } from '@/lib/audit/record'
import { requireRole, type Context } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { assertStillAllowed } from '@/lib/rights'
import type { ProjectDetails, UpdateProjectInput } from './schemas'
import { projectToWire } from './wire'

type Changes = {
  [field: string]: { from: string | number | boolean | null; to: string | number | boolean | null }
}

/**
 * Changes the project's settings; the audit entry holds each field that changed, before and after. What
 * changes nothing leaves no entry. The audit log is kept at least as long as the runs it tells of.
 * @throws AppError `forbidden` below admin, `invalid_input` for an audit log kept shorter than the runs
 */
export async function updateProject(ctx: Context, input: UpdateProjectInput): Promise<ProjectDetails> {
  requireRole(ctx, 'admin')
  return ctx.db.transaction(async (tx) => {
    const before = await lockProject(tx, ctx.project.id)
    await assertStillAllowed(tx, ctx, 'admin')
    const after = {
      name: input.name ?? before.name,
      allowOwnRequest: input.allow_own_request ?? before.allowOwnRequest,
      deploys: input.deploys ?? before.deploys,
      auditRuns: input.audit_runs ?? before.auditRuns,
      retentionDays: input.retention_days === undefined ? before.retentionDays : input.retention_days,
      auditRetentionDays:
        input.audit_retention_days === undefined ? before.auditRetentionDays : input.audit_retention_days,
    }
    refuseForgetfulAudit(after)
    const changes = changesBetween(before, after)
    if (Object.keys(changes).length === 0) return projectToWire(before)
    await tx.update(projects).set(after).where(eq(projects.id, ctx.project.id))
    await recordAudit(tx, ctx, {
      action: 'project.updated',
      target: { type: 'project', id: before.id, label: after.name },
      detail: { changes },
    })
    return projectToWire({ ...before, ...after })
  })
}

/** Rows that refer to the project may still be added meanwhile: their foreign keys ask for less. */
async function lockProject(tx: Transaction, projectId: string) {
  const [row] = await tx.select().from(projects).where(eq(projects.id, projectId)).for('no key update')
  if (!row) throw new AppError('not_found', 'There is no such project.')
  return row
}

/** The record outlives what it tells of. */
function refuseForgetfulAudit({ retentionDays, auditRetentionDays }: Settings): void {
  if (auditRetentionDays === null || (retentionDays !== null && auditRetentionDays >= retentionDays)) return
  const detail =
    retentionDays === null
      ? 'Runs are kept for ever, so the audit log is too; set `retention_days` first.'
      : `Runs are kept for ${retentionDays} days, so the audit log is kept for at least as long.`
  throw new AppError('invalid_input', detail, { errors: [{ pointer: '/audit_retention_days', detail }] })
}

type Settings = Pick<
  typeof projects.$inferSelect,
  'name' | 'allowOwnRequest' | 'deploys' | 'auditRuns' | 'retentionDays' | 'auditRetentionDays'
>

function changesBetween(before: Settings, after: Settings): Changes {
  const all: Changes = {
    name: { from: before.name, to: after.name },
    allow_own_request: { from: before.allowOwnRequest, to: after.allowOwnRequest },
    deploys: { from: before.deploys, to: after.deploys },
    audit_runs: { from: before.auditRuns, to: after.auditRuns },
    retention_days: { from: before.retentionDays, to: after.retentionDays },
    audit_retention_days: { from: before.auditRetentionDays, to: after.auditRetentionDays },
  }
  return Object.fromEntries(Object.entries(all).filter(([, { from, to }]) => from !== to))
}
