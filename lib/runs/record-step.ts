import { runNamed } from '@/db/queries/runs'
import { steps } from '@/db/schema/runs'
import { requireAgentKey, type Context } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { newId } from '@/lib/ids'
import { assertStillAllowed } from '@/lib/rights'
import { verb } from '@/lib/verb'
import { inRun } from './in-run'
import { isFinished } from './statuses'
import { keep } from './kept'
import { RecordedStep, RecordStepInput, RunById } from './schemas'
import { stepToWire } from './wire'

/** `source` holds the exact text of the JSON members in the request. */
export type RecordStep = RecordStepInput & {
  run: string
  source: { input?: string | undefined; output?: string | undefined }
}

/**
 * Records what an agent did between its tool calls: a model turn, a message, a note.
 * @throws AppError `agent_key_required`, `not_found`, `run_finished`
 */
export async function recordStep(ctx: Context, input: RecordStep): Promise<RecordedStep> {
  requireAgentKey(ctx, 'run')
  const { source } = input
  const kept = keep(
    { value: input.input, source: source.input },
    { value: input.output, source: source.output },
  )
  return inRun(ctx, runNamed(input.run), async (tx, locked) => {
    await assertStillAllowed(tx, ctx, { scope: 'run' })
    if (isFinished(locked.row.status))
      return new AppError('run_finished', 'The run has ended; nothing is added to it.')
    const row = {
      id: newId('step'),
      projectId: ctx.project.id,
      runId: locked.row.id,
      kind: input.kind,
      name: input.name,
      input: kept.texts[0] ?? null,
      output: kept.texts[1] ?? null,
      truncatedBytes: kept.truncatedBytes,
      startedAt: input.started_at === undefined ? locked.now : new Date(input.started_at),
      endedAt: input.ended_at === undefined ? null : new Date(input.ended_at),
    }
    await tx.insert(steps).values(row)
    return stepToWire(row)
  })
}

export const recordStepVerb = verb(
  {
    summary: 'Record a step',
    need: { scope: 'run' },
    path: RunById,
    input: RecordStepInput,
    recorded: ['input', 'output'],
    source: true,
    output: RecordedStep,
    status: 201,
    refuses: ['not_found', 'run_finished'],
    bucket: 'ask',
  },
  (ctx, { id: run, ...input }) => recordStep(ctx, { ...input, run }),
)
