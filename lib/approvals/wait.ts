import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import type { ApprovalRecord } from '@/db/queries/approvals'
import { lookForWaiters } from '@/db/queries/look'
import type { Context } from '@/lib/context'
import { assertStillKnown, credentialName } from '@/lib/rights'
import { lostCredential, Room, roomOf, type Wait } from '@/lib/wake/room'
import { onWake, type Wake } from '@/lib/wake/wake'
import { expireApprovals } from './expire'
import { getApproval } from './read'
import { isDue } from './wire'

/** Approvals times credentials. */
const mostInOneLook = 10_000

/** Everybody in this process who waits for a decision. */
class ApprovalRoom extends Room<ApprovalRecord> {
  constructor(db: Database) {
    super(db)
    onWake((wakes) => {
      for (const { approvalId, settled } of wakes) if (settled) this.settleLive(approvalId, settled)
      this.wake(wakes.map(({ approvalId }) => approvalId))
    })
  }

  /** The credentials of those who wait for an approval, some of them where they are very many. */
  credentialsOf(approvalId: string): string[] {
    const waiters = this.waitersOf(approvalId).slice(0, mostInOneLook)
    return [...new Set(waiters.map(({ ctx }) => credentialName(ctx.actor)))]
  }

  private settleLive(approvalId: string, { record, live }: NonNullable<Wake['settled']>): void {
    for (const waiter of this.waitersOf(approvalId))
      if (live.has(credentialName(waiter.ctx.actor))) waiter.settle(record)
  }

  protected override async look(ids: string[]): Promise<void> {
    const here = new Map(ids.map((id) => [id, this.waitersOf(id)]))
    const names = [...here.values()].flat().map(({ ctx }) => credentialName(ctx.actor))
    const records = await this.read(ids, [...new Set(names)])
    // A flood of deadlines holds up nobody else: the wake of its end comes back here, else the slow poll does.
    if (records.some(isDue)) void expireApprovals(this.db).catch(() => undefined)
    for (const { live, ...record } of records.filter((one) => one.status !== 'pending')) {
      const open = new Set(live)
      for (const waiter of here.get(record.id) ?? [])
        waiter.settle(open.has(credentialName(waiter.ctx.actor)) ? record : lostCredential())
    }
  }

  /** The approvals with those of the credentials that are live, in one snapshot for each of as few as it takes. */
  private async read(ids: string[], names: string[]): Promise<Awaited<ReturnType<typeof lookForWaiters>>> {
    const most = Math.max(1, Math.floor(mostInOneLook / Math.max(1, names.length)))
    const records: Awaited<ReturnType<typeof lookForWaiters>> = []
    for (let at = 0; at < ids.length; at += most)
      records.push(...(await lookForWaiters(this.db, ids.slice(at, at + most), names)))
    return records
  }

  protected override async listChanged(ids: string[]): Promise<string[]> {
    const rows = await this.db.execute<{ id: string }>(sql`
      select id from approvals where id = any(${`{${ids.join(',')}}`}::text[])
        and (status <> 'pending' or expires_at <= clock_timestamp())`)
    return rows.map(({ id }) => id)
  }
}

function room(db: Database): ApprovalRoom {
  return roomOf(db, 'approvals', () => new ApprovalRoom(db))
}

/**
 * Holds on until the approval has left `pending`, at most `seconds`, and answers the state it then has.
 * @throws AppError `too_many_waits`; `unauthenticated` where the credential was revoked meanwhile
 */
export async function waitForApproval(ctx: Context, id: string, wait: Wait): Promise<ApprovalRecord> {
  const outcome = await room(ctx.db).wait(ctx, id, undefined, wait)
  if (outcome !== 'time_out') return outcome
  const approval = await getApproval(ctx, id)
  await assertStillKnown(ctx.db, ctx)
  return approval
}

/** The credentials of those who wait here for an approval, for who settles it to find out which of them are live. */
export function credentialsThatWait(ctx: Context, approvalId: string): string[] {
  return room(ctx.db).credentialsOf(approvalId)
}
