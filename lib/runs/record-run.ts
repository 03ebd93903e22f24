import type { runs } from '@/db/schema/runs'
import type { AuditEntryInput } from '@/lib/audit/record'

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
export function runFinished(
  run: Pick<RunRow, 'id' | 'externalId' | 'agentName' | 'status' | 'startedAt' | 'finishedAt'>,
): AuditEntryInput {
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
