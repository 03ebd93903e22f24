import type { Database } from '@/db/client'
import { runNamed } from '@/db/queries/runs'
import { findRunMark, listRunMarks, listRunsOfApprovals, type RunMark } from '@/db/queries/run-marks'
import { expireApprovals } from '@/lib/approvals/expire'
import type { Context } from '@/lib/context'
import { assertStillKnown } from '@/lib/rights'
import { Room, roomOf, type Wait } from '@/lib/wake/room'
import { onWake, type Wake } from '@/lib/wake/wake'
import { isFinished } from './statuses'

/** Everybody in this process who waits for something to become of a run or of one of its approvals. */
class RunRoom extends Room<'changed', RunMark> {
  private readonly told = new Set<string>()
  private isFinding = false

  constructor(db: Database) {
    super(db)
    onWake((wakes) => this.hear(wakes.filter(({ projectId }) => this.hasWaits(projectId))))
  }

  /** Some wakes say of which run they are; what the others are of is asked once for all of them. */
  private hear(wakes: Wake[]): void {
    for (const { approvalId, settled } of wakes) {
      if (settled) this.wake([settled.record.runId])
      else this.told.add(approvalId)
    }
    if (this.told.size > 0) void this.findRuns()
  }

  private async findRuns(): Promise<void> {
    if (this.isFinding) return
    this.isFinding = true
    try {
      while (this.told.size > 0) {
        const ids = [...this.told]
        this.told.clear()
        this.wake(await listRunsOfApprovals(this.db, ids))
      }
    } catch {
      // Unreachable database: the slow poll finds what changed.
    } finally {
      this.isFinding = false
    }
  }

  protected override async look(ids: string[]): Promise<void> {
    const here = new Map(ids.map((id) => [id, this.waitersOf(id)]))
    const marks = await this.marksOf(ids)
    for (const [id, waiters] of here)
      for (const waiter of waiters) if (waiter.known.mark !== marks.get(id)?.mark) waiter.settle('changed')
  }

  protected override async listChanged(ids: string[]): Promise<string[]> {
    const marks = await this.marksOf(ids)
    return ids.filter((id) => this.waitersOf(id).some(({ known }) => known.mark !== marks.get(id)?.mark))
  }

  /** A run that is gone has none. What is due of the others is expired, which wakes those who wait once more. */
  private async marksOf(ids: string[]): Promise<Map<string, RunMark>> {
    const marks = await listRunMarks(this.db, ids)
    if (marks.some(({ hasDue }) => hasDue)) void expireApprovals(this.db).catch(() => undefined)
    return new Map(marks.map((one) => [one.id, one]))
  }
}

/**
 * Reads a run, and while nothing is new holds on until it leaves `awaiting_approval` or something becomes of one of
 * its approvals: asked, decided, expired, withdrawn, claimed, its result told.
 * @param name the run's id or external id
 * @param read reads it as the caller wants it
 * @param isKnown whether the caller has it as it was read; undefined where they said nothing, who wait only while
 * the run is `awaiting_approval`, and for the first thing that happens
 * @throws AppError what `read` throws; `too_many_waits`; `unauthenticated` where the credential was revoked meanwhile
 */
export async function readRunWithNews<R>(
  ctx: Context,
  name: string,
  wait: Wait,
  read: () => Promise<R>,
  isKnown: ((run: R) => boolean) | undefined,
): Promise<R> {
  const endAt = performance.now() + wait.seconds * 1000
  const room = roomOf(ctx.db, 'runs', () => new RunRoom(ctx.db))
  for (let news = 0; ; news++) {
    // Before the reading, so that whatever is not in what was read is still news to this mark.
    const known = await findRunMark(ctx.db, ctx.project.id, runNamed(name))
    const run = await read()
    if (news > 0) await assertStillKnown(ctx.db, ctx)
    const seconds = (endAt - performance.now()) / 1000
    const isOld = isKnown ? isKnown(run) : news === 0 && known?.status === 'awaiting_approval'
    if (!known || !isOld || isFinished(known.status) || seconds <= 0) return run
    const outcome = await room.wait(ctx, known.id, known, { ...wait, seconds })
    if (outcome === 'time_out') wait = { ...wait, seconds: 0 }
  }
}
