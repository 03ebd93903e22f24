import { eq } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { projects } from '@/db/schema/identity'
import { recordAudit } from '@/lib/audit/record'
import { hasRole, type Context, type MemberActor } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { tellAuditRetention, type AuditPeriod } from '@/lib/notices/audit-retention'
import { applyDuePeriods } from '@/lib/retention/audit-period'
import { readAuditFloor } from '@/lib/retention/floor'
import { assertStillAllowed } from '@/lib/rights'
import { verb } from '@/lib/verb'
import { ProjectDetails, UpdateProjectInput } from './schemas'
import { projectToWire } from './wire'

type Changes = {
  [field: string]: { from: string | number | boolean | null; to: string | number | boolean | null }
}

/**
 * Changes the project's settings; the audit entry holds each field that changed, before and after. What
 * changes nothing leaves no entry. The audit log is kept at least as long as the runs it tells of and as the
 * operator wants; only owners say how long, every owner is told, and a shorter time counts after seven days, until
 * when setting it anew calls it off.
 * @throws AppError `forbidden` below admin, and below owner for the audit log; `invalid_input` for an audit log kept
 * shorter than the runs or than the operator's floor
 */
export const updateProject = verb(
  {
    summary: 'Change the project',
    need: 'admin',
    input: UpdateProjectInput,
    output: ProjectDetails,
    refuses: [],
  },
  async (ctx, input) => {
    return ctx.db.transaction(async (tx) => {
      await applyDuePeriods(tx, ctx.project.id)
      const before = await lockProject(tx, ctx.project.id)
      await assertStillAllowed(tx, ctx, 'admin')
      const period = await periodAfter(tx, ctx, before, input.audit_retention_days)
      const after = {
        name: input.name ?? before.name,
        allowOwnRequest: input.allow_own_request ?? before.allowOwnRequest,
        deploys: input.deploys ?? before.deploys,
        auditRuns: input.audit_runs ?? before.auditRuns,
        breakGlass: await glassAfter(tx, ctx, before, input.break_glass),
        retentionDays: input.retention_days === undefined ? before.retentionDays : input.retention_days,
        ...period,
      }
      refuseForgetfulAudit(after)
      const changes = changesBetween(before, after)
      if (Object.keys(changes).length === 0) return projectToWire(before)
      const [written] = await tx
        .update(projects)
        .set(after)
        .where(eq(projects.id, ctx.project.id))
        .returning()
      if (!written) throw new Error('The project was there and is gone.')
      const effectiveAt = changes.audit_retention_pending ? written.auditRetentionNextAt : null
      await recordAudit(tx, ctx, {
        action: 'project.updated',
        target: { type: 'project', id: before.id, label: after.name },
        detail: { changes, ...(effectiveAt ? { effective_at: effectiveAt.toISOString() } : {}) },
      })
      if (changes.audit_retention_days || changes.audit_retention_pending)
        await tellAuditRetention(tx, ctx, periodOf(before), periodOf(written))
      return projectToWire(written)
    })
  },
)

type Project = typeof projects.$inferSelect
type Period = Pick<Project, 'auditRetentionDays' | 'auditRetentionNext'>

/** A longer time counts at once; a shorter one is announced, and the database says from when on it counts. */
async function periodAfter(
  tx: Transaction,
  ctx: Context<MemberActor>,
  before: Project,
  wanted: number | null | undefined,
): Promise<Period> {
  const { auditRetentionDays: days, auditRetentionNext: next } = before
  if (wanted === undefined || wanted === (next ?? days))
    return { auditRetentionDays: days, auditRetentionNext: next }
  if (!hasRole(ctx.actor.role, 'owner'))
    throw new AppError('forbidden', 'Only an owner changes `audit_retention_days`.')
  await assertStillAllowed(tx, ctx, 'owner')
  const isShorter = wanted !== null && (days === null || wanted < days)
  if (isShorter) await refuseBelowFloor(tx, wanted)
  return isShorter
    ? { auditRetentionDays: days, auditRetentionNext: wanted }
    : { auditRetentionDays: wanted, auditRetentionNext: null }
}

/** Only an owner says whether anybody may decide against the policy. */
async function glassAfter(
  tx: Transaction,
  ctx: Context<MemberActor>,
  { breakGlass }: Project,
  wanted: boolean | undefined,
): Promise<boolean> {
  if (wanted === undefined || wanted === breakGlass) return breakGlass
  if (!hasRole(ctx.actor.role, 'owner'))
    throw new AppError('forbidden', 'Only an owner changes `break_glass`.')
  await assertStillAllowed(tx, ctx, 'owner')
  return wanted
}

/** @throws AppError `invalid_input` */
async function refuseBelowFloor(tx: Transaction, days: number): Promise<void> {
  const floor = await readAuditFloor(tx)
  if (days < floor)
    throw wrongPeriod(`The operator keeps audit logs for at least ${floor} days (AUDIT_RETENTION_MIN_DAYS).`)
}

function periodOf(project: Project): AuditPeriod {
  const { auditRetentionDays: days, auditRetentionNext: next, auditRetentionNextAt: nextAt } = project
  return { days, next, nextAt }
}

function wrongPeriod(detail: string): AppError {
  return new AppError('invalid_input', detail, { errors: [{ pointer: '/audit_retention_days', detail }] })
}

/** Rows that refer to the project may still be added meanwhile: their foreign keys ask for less. */
async function lockProject(tx: Transaction, projectId: string) {
  const [row] = await tx.select().from(projects).where(eq(projects.id, projectId)).for('no key update')
  if (!row) throw new AppError('not_found', 'There is no such project.')
  return row
}

/** The record outlives what it tells of. */
function refuseForgetfulAudit({ retentionDays, auditRetentionDays, auditRetentionNext }: Settings): void {
  const shortest = auditRetentionNext ?? auditRetentionDays
  if (shortest === null || (retentionDays !== null && shortest >= retentionDays)) return
  const detail =
    retentionDays === null
      ? 'Runs are kept for ever, so the audit log is too; set `retention_days` first.'
      : `Runs are kept for ${retentionDays} days, so the audit log is kept for at least as long.`
  throw wrongPeriod(detail)
}

type Settings = Pick<
  typeof projects.$inferSelect,
  | 'name'
  | 'allowOwnRequest'
  | 'deploys'
  | 'auditRuns'
  | 'breakGlass'
  | 'retentionDays'
  | 'auditRetentionDays'
  | 'auditRetentionNext'
>

function changesBetween(before: Settings, after: Settings): Changes {
  const all: Changes = {
    name: { from: before.name, to: after.name },
    allow_own_request: { from: before.allowOwnRequest, to: after.allowOwnRequest },
    deploys: { from: before.deploys, to: after.deploys },
    audit_runs: { from: before.auditRuns, to: after.auditRuns },
    break_glass: { from: before.breakGlass, to: after.breakGlass },
    retention_days: { from: before.retentionDays, to: after.retentionDays },
    audit_retention_days: { from: before.auditRetentionDays, to: after.auditRetentionDays },
    audit_retention_pending: { from: before.auditRetentionNext, to: after.auditRetentionNext },
  }
  return Object.fromEntries(Object.entries(all).filter(([, { from, to }]) => from !== to))
}
