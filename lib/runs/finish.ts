import { listPendingOfRun } from '@/db/queries/approvals'
import { runNamed } from '@/db/queries/runs'
import { cancelApprovals, runUpdate } from '@/lib/approvals/resolve'
import { recordAudit } from '@/lib/audit/record'
import { requireAgentKey, type Context } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { assertStillAllowed } from '@/lib/rights'
import { inRun } from './in-run'
import { keep } from './kept'
import { isFinished } from './lock'
import { runFinished } from './record-run'
import type { FinishRunInput, Run } from './schemas'
import { runToWire } from './wire'

/** `source` holds the exact text of the JSON members in the request. */
export type FinishRun = FinishRunInput & {
  run: string
  source: { output?: string | undefined; error?: string | undefined }
}

/**
 * Ends a run; what of it is pending is cancelled.
 * @throws AppError `agent_key_required`, `not_found`, `run_finished`
 */
export async function finishRun(ctx: Context, input: FinishRun): Promise<Run> {
  requireAgentKey(ctx, 'run')
  const { output, error, source } = input
  const { texts, truncatedBytes } = keep(
    { value: output, source: source.output },
    { value: error, source: source.error },
  )
  return inRun(ctx, runNamed(input.run), async (tx, locked) => {
    await assertStillAllowed(tx, ctx, { scope: 'run' })
    const { row } = locked
    if (isFinished(row.status))
      return new AppError('run_finished', `The run has ended already: ${row.status}.`)
    const pending = row.pendingCount > 0 ? await listPendingOfRun(tx, ctx.project.id, row.id) : []
    row.status = input.status
    row.output = texts[0] ?? null
    row.error = texts[1] ?? null
    row.truncatedBytes = truncatedBytes
    row.finishedAt = locked.now
    row.pendingCount = 0
    await runUpdate(tx, locked)
    if (locked.auditRuns) await recordAudit(tx, ctx, runFinished(row))
    await cancelApprovals(tx, ctx, locked, pending, `The agent ended the run: ${input.status}.`)
    return runToWire(row)
  })
}
