import { isTransaction, type Queryable } from '@/db/client'
import type { ApprovalRecord } from '@/db/queries/approvals'
import type { runs } from '@/db/schema/runs'
import { isNotSettled, NotSettled, settleItem, type Change } from '@/db/writes/settle'
import type { AuditValues } from '@/db/writes/audit'
import { auditValues, type Recorder } from '@/lib/audit/record'
import type { MemberActor } from '@/lib/context'
import { readJson } from '@/lib/json/strict'
import { noCredential, type Credential } from '@/lib/rights'
import { runFinished } from '@/lib/runs/record-run'
import type { Status } from './transition'
import { expiryWords, rejectionWords } from './wire'

/** What is done to a pending approval for which `transition` said yes. */
export type Resolution =
  | { change: 'decide'; decision: 'approve' | 'reject'; reason: string | null; reviewer: MemberActor }
  | { change: 'expire' }
  | { change: 'cancel'; because?: string }

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

/** What of an approval its records tell. */
export type Audited = Pick<
  ApprovalRecord,
  | 'id'
  | 'agentName'
  | 'runId'
  | 'toolCallId'
  | 'tool'
  | 'params'
  | 'digest'
  | 'ruleTool'
  | 'ruleCondition'
  | 'ruleOutcome'
  | 'ruleDetail'
  | 'policyVersion'
  | 'onRejection'
  | 'requestedAt'
  | 'expiresAt'
>

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
  private decision: Record<string, string | null> | null = null
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
    if (resolution.change === 'decide') this.decision = decisionValues(resolution)
    const entries = [
      auditValues(this.by, {
        action: `approval.${after.status}`,
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
    return slicesOf(this.steps).map((steps, at) => ({
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
      changes: steps.flatMap(({ change }) => (change ? [change] : [])),
      entries: steps.flatMap(({ entries }) => entries),
      decision: at === 0 ? this.decision : null,
      waiting,
    }))
  }
}

/** By what right something is settled. */
export type Right = { credential: Credential; isOwn?: boolean }

/** Holdpoint's own, at a deadline. */
export const noRight: Right = { credential: noCredential }

/**
 * Does what a settlement says, all of it or nothing; with a run's lock in a transaction, else without waiting for
 * anybody.
 * @param waiting those who wait here for what is settled, as ids of keys and hashes of session tokens
 * @returns undefined where it was left alone: somebody else was there first, or is there now, a deadline came
 * between, or the right is gone; in a transaction it then throws what `isNotSettled` knows, or has to be rolled back
 */
export async function settle(
  db: Queryable,
  settlement: Settlement,
  { credential, isOwn = false }: Right,
  waiting: string[] = [],
): Promise<{ live: Set<string> } | undefined> {
  if (settlement.leftBehind !== 0) return undefined
  const items = settlement.items(waiting)
  const isHeld = isTransaction(db)
  if (items.length > 1 && !isHeld) return undefined
  // A look counts for a second where the run was not held when it was taken.
  const freshUntil = isHeld ? 'infinity' : new Date(settlement.now.getTime() + 1000).toISOString()
  const live = new Set<string>()
  for (const item of items) {
    const done = await settleItem(db, {
      ...credential,
      is_own: isOwn,
      fresh_until: freshUntil,
      ...item,
    }).catch(leftAlone(isHeld))
    if (!done && item !== items[0]) throw new NotSettled('only some of it was settled')
    if (!done) return undefined
    for (const id of done.live) live.add(id)
  }
  return { live }
}

const leftAlone = (isHeld: boolean) => (error: unknown) => {
  if (isHeld || !isNotSettled(error)) throw error
  return undefined
}

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

/** What a resolution adds to an approval. */
function resolved(resolution: Resolution, at: Date) {
  const undecided = {
    decision: null,
    reason: null,
    reviewerId: null,
    reviewerName: null,
    reviewerEmail: null,
    via: null,
  }
  if (resolution.change !== 'decide') return { ...undecided, status: statusAfter(resolution), resolvedAt: at }
  const { decision, reason, reviewer } = resolution
  return {
    status: statusAfter(resolution),
    resolvedAt: at,
    decision,
    reason,
    reviewerId: reviewer.id,
    reviewerName: reviewer.name,
    reviewerEmail: reviewer.email,
    via: reviewer.via,
  }
}

function statusAfter(resolution: Resolution): Exclude<Status, 'pending'> {
  if (resolution.change === 'expire') return 'expired'
  if (resolution.change === 'cancel') return 'cancelled'
  return resolution.decision === 'approve' ? 'approved' : 'rejected'
}

/** Why the run fails where its approval is resolved so; null where that is no reason. */
function failureWords(tool: string, resolution: Resolution): string | null {
  if (resolution.change === 'expire') return expiryWords(tool)
  if (resolution.change === 'cancel' || resolution.decision === 'approve') return null
  const { reason, reviewer } = resolution
  return rejectionWords({ tool, reason, reviewerName: reviewer.name, reviewerEmail: reviewer.email })
}

function decisionValues({ decision, reason, reviewer }: Extract<Resolution, { change: 'decide' }>) {
  return {
    reviewer_id: reviewer.id,
    reviewer_name: reviewer.name,
    reviewer_email: reviewer.email,
    decision,
    reason,
    via: reviewer.via,
  }
}

/** Why the other approvals of a run are cancelled where it failed for want of this tool's approval. */
export function becauseRunFailed(tool: string): string {
  return `The run failed: ${tool} was not approved.`
}

/** What the record of a decision, an expiry, a cancellation or a claim holds. */
export function auditDetail(
  approval: Audited & Pick<ApprovalRecord, 'reason' | 'resolvedAt'>,
  resolution?: Resolution,
): Record<string, unknown> {
  return {
    agent: approval.agentName,
    run_id: approval.runId,
    tool_call_id: approval.toolCallId,
    tool: approval.tool,
    params: readJson(approval.params),
    digest: approval.digest,
    rule: {
      tool: approval.ruleTool,
      condition: approval.ruleCondition,
      outcome: approval.ruleOutcome,
      detail: approval.ruleDetail,
    },
    policy_version: approval.policyVersion,
    on_rejection: approval.onRejection,
    reason: approval.reason,
    wait_ms:
      approval.resolvedAt === null ? null : approval.resolvedAt.getTime() - approval.requestedAt.getTime(),
    ...(resolution?.change === 'cancel' && resolution.because ? { because: resolution.because } : {}),
  }
}
