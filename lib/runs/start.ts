import { eq, and } from 'drizzle-orm'
import { findRun, type RunRecord } from '@/db/queries/runs'
import { runs } from '@/db/schema/runs'
import { shareReleases } from '@/db/writes/pause'
import { findPolicyNow, type DeployedPolicy } from '@/lib/agents/policy'
import { recordAudit } from '@/lib/audit/record'
import { requireAgentKey, type Context } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { newId } from '@/lib/ids'
import { assertStillAllowed } from '@/lib/rights'
import { verb } from '@/lib/verb'
import { runStarted } from './record-run'
import { Run, StartRunInput } from './schemas'
import { runToWire } from './wire'

type RunRow = typeof runs.$inferSelect

/** `source` holds the exact text of the JSON members in the request. */
export type StartRun = StartRunInput & {
  source: { input?: string | undefined; context?: string | undefined }
}

/**
 * Starts a run. The same `external_id` again finds the same run, whoever was first.
 * @throws AppError `agent_key_required`, `agent_not_deployed`, `project_archived`, `invalid_input` for a parent that is
 * not the project's
 */
export async function startRun(ctx: Context, input: StartRun): Promise<{ run: Run; isReplay: boolean }> {
  requireAgentKey(ctx, 'run')
  const { isNew, record } = await ctx.db.transaction(async (tx) => {
    const [, , earlier] = await Promise.all([
      // an archive ends what began before it: what is seen from here on holds until the run is there to be ended
      shareReleases(tx, ctx.project.id),
      assertStillAllowed(tx, ctx, { scope: 'run' }),
      input.external_id === undefined ? undefined : findRun(tx, ctx.project.id, input.external_id),
    ])
    if (earlier) return { isNew: false, record: earlier }
    const { policy, now, auditRuns } = await findPolicyNow(tx, ctx.project.id, input.agent)
    const parent =
      input.parent_run_id === undefined ? undefined : await findRun(tx, ctx.project.id, input.parent_run_id)
    if (input.parent_run_id !== undefined && !parent) throw noParent()
    const row = newRunRow(ctx, policy, now, { ...input, parentRunId: parent?.id ?? null })
    const inserted = await tx.insert(runs).values(row).onConflictDoNothing().returning({ id: runs.id })
    if (inserted.length > 0) {
      if (auditRuns) await recordAudit(tx, ctx, runStarted(row))
      return { isNew: true, record: row }
    }
    // Somebody else started it between our look and our insert.
    const [other] = await tx
      .select()
      .from(runs)
      .where(and(eq(runs.projectId, ctx.project.id), eq(runs.externalId, input.external_id ?? '')))
    return { isNew: false, record: other as RunRecord }
  })
  return { run: runToWire(record), isReplay: !isNew }
}

function noParent(): AppError {
  const detail = 'This project has no such run.'
  return new AppError('invalid_input', detail, { errors: [{ pointer: '/parent_run_id', detail }] })
}

type NewRun = Partial<Omit<StartRun, 'parent_run_id'>> & { agent: string; parentRunId?: string | null }

/** The row of a run that begins now. */
export function newRunRow(ctx: Context, policy: DeployedPolicy, now: Date, input: NewRun): RunRow {
  return {
    id: newId('run'),
    projectId: ctx.project.id,
    agentId: policy.agentId,
    agentName: policy.agentName,
    externalId: input.external_id ?? null,
    policyVersion: policy.version,
    status: 'running',
    pendingCount: 0,
    input: input.source?.input ?? null,
    context: input.source?.context ?? null,
    output: null,
    error: null,
    truncatedBytes: null,
    initiator: input.initiator ?? null,
    labels: [],
    risk: null,
    parentRunId: input.parentRunId ?? null,
    startedAt: now,
    finishedAt: null,
  }
}

export const startRunVerb = verb(
  {
    summary: 'Start a run, or find it again',
    need: { scope: 'run' },
    input: StartRunInput,
    source: true,
    output: Run,
    made: Run,
    refuses: ['agent_not_deployed', 'project_archived'],
    bucket: 'ask',
  },
  startRun,
)
