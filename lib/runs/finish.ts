import { listPendingOfRun } from '@/db/queries/approvals'
import { runNamed } from '@/db/queries/runs'
import { settle } from '@/lib/approvals/settle'
import { Settlement } from '@/lib/approvals/settlement'
import { requireAgentKey, type Context } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { assertStillAllowed, credentialOf } from '@/lib/rights'
import { inRun } from './in-run'
import { keep } from './kept'
import { isFinished } from './statuses'
import { FinishRunInput, Run, RunById } from './schemas'
import { runToWire } from './wire'
import { verb } from '@/lib/verb'

/** `source` holds the exact text of the JSON members in the request. */
export type FinishRun = FinishRunInput & {
  run: string
  source: { output?: string | undefined; error?: string | undefined }
}

const need = { scope: 'run' } as const

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
  const { actor, project } = ctx
  return inRun(ctx, runNamed(input.run), async (tx, { row, auditRuns, now, wakes }) => {
    await assertStillAllowed(tx, ctx, need)
    if (isFinished(row.status))
      return new AppError('run_finished', `The run has ended already: ${row.status}.`)
    const kept = { output: texts[0] ?? null, error: texts[1] ?? null, truncatedBytes }
    const settlement = new Settlement(ctx, { ...row, auditRuns }, now)
    settlement.finish(input.status, kept)
    const pending = row.pendingCount > 0 ? await listPendingOfRun(tx, project.id, row.id) : []
    settlement.cancelRest(pending, `The agent ended the run: ${input.status}.`)
    const done = await settle(tx, settlement, { credential: credentialOf(actor, need) })
    // A deadline has come between, which has the run first.
    if (!done) return undefined
    wakes.push(...settlement.ids.map((approvalId) => ({ projectId: project.id, approvalId })))
    return runToWire({ ...row, ...settlement.run, ...kept })
  })
}

export const finishRunVerb = verb(
  {
    summary: 'End a run',
    need,
    path: RunById,
    input: FinishRunInput,
    recorded: ['output', 'error'],
    source: true,
    output: Run,
    refuses: ['not_found', 'run_finished'],
    bucket: 'ask',
  },
  (ctx, { id: run, ...input }) => finishRun(ctx, { ...input, run }),
)
