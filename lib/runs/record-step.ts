import { runNamed } from '@/db/queries/runs'
import { findStepOfCaller, type StepRecord } from '@/db/queries/trace'
import { steps } from '@/db/schema/runs'
import { requireAgentKey, type Context } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { newId } from '@/lib/ids'
import { assertStillAllowed } from '@/lib/rights'
import { verb } from '@/lib/verb'
import { inRun } from './in-run'
import { isFinished } from './statuses'
import { digestOfContent, keep } from './kept'
import { RecordedStep, RecordStepInput, RunById } from './schemas'
import { stepToWire } from './wire'

/** `source` holds the exact text of the JSON members in the request. */
export type RecordStep = RecordStepInput & {
  run: string
  source: { input?: string | undefined; output?: string | undefined }
}

/**
 * Records what an agent did between its tool calls: a model turn, a message, a note. The same `step_id` again, also
 * in a run that has ended, answers the step as it was told first: kind, name, input and output must be the same, its
 * times need not be.
 * @throws AppError `agent_key_required`, `not_found`, `run_finished`, `idempotency_mismatch`
 */
export async function recordStep(
  ctx: Context,
  input: RecordStep,
): Promise<{ step: RecordedStep; isReplay: boolean }> {
  requireAgentKey(ctx, 'run')
  const { source } = input
  const kept = keep(
    { value: input.input, source: source.input },
    { value: input.output, source: source.output },
  )
  const contentDigest = digestOf(input)
  return inRun(ctx, runNamed(input.run), async (tx, locked) => {
    await assertStillAllowed(tx, ctx, { scope: 'run' })
    const earlier = await findStepOfCaller(tx, locked.row.id, input.step_id)
    if (earlier) return earlier.contentDigest === contentDigest ? replay(earlier) : mismatch()
    if (isFinished(locked.row.status))
      return new AppError('run_finished', 'The run has ended; nothing is added to it.')
    const row = {
      id: newId('step'),
      projectId: ctx.project.id,
      runId: locked.row.id,
      stepId: input.step_id ?? null,
      contentDigest,
      kind: input.kind,
      name: input.name,
      input: kept.texts[0] ?? null,
      output: kept.texts[1] ?? null,
      truncatedBytes: kept.truncatedBytes,
      startedAt: input.started_at === undefined ? locked.now : new Date(input.started_at),
      endedAt: input.ended_at === undefined ? null : new Date(input.ended_at),
    }
    await tx.insert(steps).values(row)
    return { step: stepToWire(row), isReplay: false }
  })
}

function replay(record: StepRecord) {
  return { step: stepToWire(record), isReplay: true }
}

function mismatch(): AppError {
  return new AppError(
    'idempotency_mismatch',
    'Another step is recorded under this step_id; steps are kept as first told. Use an id for each step.',
  )
}

/** Null where nobody can ask for it again. */
function digestOf({ step_id: stepId, kind, name, input, output }: RecordStep): string | null {
  if (stepId === undefined) return null
  return digestOfContent({ kind, name, input: input ?? null, output: output ?? null })
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
    made: RecordedStep,
    refuses: ['not_found', 'run_finished', 'idempotency_mismatch'],
    bucket: 'ask',
  },
  (ctx, { id: run, ...input }) => recordStep(ctx, { ...input, run }),
)
