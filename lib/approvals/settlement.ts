import type { runs } from '@/db/schema/runs'
import type { AuditValues } from '@/db/writes/audit'
import type { Change } from '@/db/writes/settle'
import { auditValues, type Recorder } from '@/lib/audit/record'
import { runFinished } from '@/lib/runs/record-run'
import {
  auditDetail,
  decisionValues,
  failureWords,
  resolved,
  type Audited,
  type Resolution,
} from './resolution'

/** Of a run what its approvals move, and what its records tell. */
export type RunState = Pick<
  typeof runs.$inferSelect,
  | 'id'
  | 'projectId'
  | 'agentName'
  | 'externalId'
  | 'status'
  | 'pendingCount'
  | 'startedAt'
  | 'error'
  | 'finishedAt'
> & { auditRuns: boolean }

type Step = { change: Change | null; entries: AuditValues[] }

/** As much as one statement takes, but for a single approval that has more. */
const perStatement = { steps: 500, bytes: 4 << 20 }

/**
 * What is to become of a run and of what is pending in it, with the records of it, as one actor does it at one moment.
 * It only says what; `settle` does it.
 */
export class Settlement {
  readonly run: RunState
  private readonly seen: Pick<RunState, 'status' | 'pendingCount'>
  private readonly steps: Step[] = []
  private decision: (ReturnType<typeof decisionValues> & { approval_id: string }) | null = null
  private output: { text: string | null; truncatedBytes: number | null } = {
    text: null,
    truncatedBytes: null,
  }

  /**
   * @param by who acts, as records name them
   * @param run as it was seen
   * @param now when, by the database's clock, no earlier than the run was read
   */
  constructor(
    private readonly by: Recorder,
    run: RunState,
    readonly now: Date,
  ) {
    this.run = { ...run }
    this.seen = { status: run.status, pendingCount: run.pendingCount }
  }

  /** Whether one statement takes it. */
  get isShort(): boolean {
    return slicesOf(this.steps).length <= 1
  }

  get ids(): string[] {
    return this.steps.flatMap(({ change }) => (change ? [change.approval_id] : []))
  }

  /**
   * Takes a pending approval out of `pending`, and the run along; with `on_rejection: fail` a rejection or an expiry
   * ends the run, and what else of it is pending is to be cancelled (`cancelRest`).
   * @returns the approval as it then stands
   */
  resolve<A extends Audited>(approval: A, resolution: Resolution): A & ReturnType<typeof resolved> {
    const now = resolution.change === 'expire' ? approval.expiresAt : this.now
    const after = { ...approval, ...resolved(resolution, now) }
    const failure = approval.onRejection === 'fail' ? failureWords(approval.tool, resolution) : null
    this.move(failure)
    if (resolution.change === 'decide')
      this.decision = { ...decisionValues(resolution), approval_id: approval.id }
    const entries = [
      auditValues(this.by, {
        action: isChange(resolution) ? 'approval.changes_requested' : `approval.${after.status}`,
        target: { type: 'approval', id: approval.id, label: approval.tool },
        detail: auditDetail(after, resolution),
      }),
    ]
    if (failure !== null && this.run.auditRuns) entries.push(auditValues(this.by, runFinished(this.run)))
    const inTime = resolution.change !== 'expire'
    const change = { approval_id: approval.id, status: after.status, at: now.toISOString(), in_time: inTime }
    this.steps.push({ change, entries })
    return after
  }

  /** Ends the run as its agent says. */
  finish(
    status: 'completed' | 'failed' | 'cancelled',
    kept: Pick<typeof runs.$inferSelect, 'output' | 'error' | 'truncatedBytes'>,
  ): void {
    Object.assign(this.run, { status, error: kept.error, finishedAt: this.now, pendingCount: 0 })
    this.output = { text: kept.output, truncatedBytes: kept.truncatedBytes }
    const entries = this.run.auditRuns ? [auditValues(this.by, runFinished(this.run))] : []
    this.steps.push({ change: null, entries })
  }

  /** Cancels what else is pending in a run that has ended. */
  cancelRest(pending: Audited[], because: string): void {
    const known = new Set(this.ids)
    for (const approval of pending.filter(({ id }) => !known.has(id))) {
      const after = { ...approval, ...resolved({ change: 'cancel' }, this.now) }
      const entry = auditValues(this.by, {
        action: 'approval.cancelled',
        target: { type: 'approval', id: approval.id, label: approval.tool },
        detail: auditDetail(after, { change: 'cancel', because }),
      })
      const change = { approval_id: approval.id, status: 'cancelled', at: this.now.toISOString() } as const
      this.steps.push({ change: { ...change, in_time: false }, entries: [entry] })
    }
  }

  /** Takes one pending approval off the run; ends it where `failure` says why. */
  private move(failure: string | null): void {
    const { run } = this
    run.pendingCount -= 1
    if (failure !== null) {
      Object.assign(run, {
        status: 'failed',
        error: JSON.stringify(failure),
        finishedAt: this.now,
        pendingCount: 0,
      })
    } else if (run.status === 'awaiting_approval' && run.pendingCount === 0) {
      run.status = 'running'
    }
  }

  /** How many approvals are pending that the run's end leaves in nobody's hands; to be none. */
  get leftBehind(): number {
    return this.run.finishedAt === null ? 0 : this.seen.pendingCount - this.ids.length
  }

  /** What the statements take, one after the other: a few only where there is very much. */
  items(waiting: string[]) {
    return slicesOf(this.steps).map((steps, at) => {
      const change = steps.flatMap((step) => (step.change ? [step.change] : []))
      const item = {
        project_id: this.run.projectId,
        run_id: this.run.id,
        seen_status: at === 0 ? this.seen.status : this.run.status,
        seen_pending: at === 0 ? this.seen.pendingCount : this.run.pendingCount,
        run_status: this.run.status,
        run_pending: this.run.pendingCount,
        run_error: this.run.error,
        run_output: this.output.text,
        run_truncated: this.output.truncatedBytes,
        run_finished: this.run.finishedAt?.toISOString() ?? null,
        now: this.now.toISOString(),
        changes: change.length,
        waiting,
      }
      const entry = steps.flatMap(({ entries }) => entries)
      return { item, rows: { change, entry, decision: at === 0 && this.decision ? [this.decision] : [] } }
    })
  }
}

const isChange = (resolution: Resolution) =>
  resolution.change === 'decide' && resolution.decision === 'request_changes'

function* cut(steps: Step[]): Generator<Step[]> {
  let some: Step[] = []
  let bytes = 0
  for (const step of steps) {
    const size = step.entries.reduce((sum, { detail }) => sum + (detail?.length ?? 0), 0)
    if (some.length > 0 && (some.length >= perStatement.steps || bytes + size > perStatement.bytes)) {
      yield some
      some = []
      bytes = 0
    }
    some.push(step)
    bytes += size
  }
  yield some
}

const slicesOf = (steps: Step[]): Step[][] => [...cut(steps)]
