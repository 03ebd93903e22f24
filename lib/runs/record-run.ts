import { and, eq } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { isOneOf } from '@/db/one-of'
import { projects } from '@/db/schema/identity'
import { runs } from '@/db/schema/runs'
import { recordAudit, type AuditEntryInput, type Recorder } from '@/lib/audit/record'

type RunRow = typeof runs.$inferSelect

const targetOf = (run: Pick<RunRow, 'id' | 'agentName'>) => ({
  type: 'run',
  id: run.id,
  label: run.agentName,
})

/** The entry of a run that begins, for projects whose setting `audit_runs` is on. */
export function runStarted(run: RunRow): AuditEntryInput {
  return {
    action: 'run.started',
    target: targetOf(run),
    detail: {
      run_id: run.id,
      external_id: run.externalId,
      agent: run.agentName,
      policy_version: run.policyVersion,
      initiator: run.initiator,
      parent_run_id: run.parentRunId,
    },
  }
}

/** The entry of a run that has ended, for the same projects; what it gave back is not in it. */
export function runFinished(run: RunRow): AuditEntryInput {
  const { startedAt, finishedAt } = run
  return {
    action: 'run.finished',
    target: targetOf(run),
    detail: {
      run_id: run.id,
      external_id: run.externalId,
      agent: run.agentName,
      status: run.status,
      duration_ms: finishedAt === null ? null : finishedAt.getTime() - startedAt.getTime(),
    },
  }
}

/** Records those of the runs that have just ended whose project wants it. */
export async function recordFinished(
  tx: Transaction,
  runIds: string[],
  actor: Recorder['actor'],
): Promise<void> {
  if (runIds.length === 0) return
  const wanted = await tx
    .select({ run: runs, project: projects })
    .from(runs)
    .innerJoin(projects, eq(projects.id, runs.projectId))
    .where(and(isOneOf(runs.id, runIds), eq(projects.auditRuns, true)))
    .orderBy(runs.id)
  for (const { run, project } of wanted) await recordAudit(tx, { project, actor }, runFinished(run))
}
