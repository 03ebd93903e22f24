import { sql } from 'drizzle-orm'
import type { Database, Queryable } from '@/db/client'
import { isOneOf } from '@/db/one-of'
import { inWholeLog } from '@/db/queries/whole-log'
import { credentialIdOf } from '@/lib/context'
import type { ErrorCode } from '@/lib/errors'
import { recordAll, type AuditEntryInput, type Recorder } from './record'

const refusalLock = 734_024

/** All of one action and one code. */
type Refusal = AuditEntryInput & { detail: { code: ErrorCode } }

/**
 * Records refusals, each at most once an hour for its credential, code and target, over all processes: so nobody fills
 * the log by trying again. Targets that there are not, whose id is the name that was made up for them, count as one.
 * @param refusals of one action and one code
 */
export async function recordRefusals(db: Database, ctx: Recorder, refusals: Refusal[]): Promise<void> {
  if ((await withoutKnown(db, ctx, refusals)).length === 0) return
  await db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${refusalLock}, hashtext(${ctx.actor.id}))`)
    const fresh = await withoutKnown(tx, ctx, refusals)
    if (fresh.length > 0) await recordAll(tx, ctx, fresh)
  })
}

const isMadeUp = ({ target }: Refusal) => target.id === target.label

async function withoutKnown(tx: Queryable, ctx: Recorder, refusals: Refusal[]): Promise<Refusal[]> {
  const [first] = refusals
  if (!first) return []
  const ids = refusals.map(({ target }) => target.id)
  const ofTarget = isOneOf(sql`e.target_id`, ids)
  // Quotes within a text are escaped, so this is found in no other member.
  const code = `"code":"${first.detail.code}"`
  const rows = await tx.execute<{ id: string; label: string }>(sql`
    select distinct id, label from (${inWholeLog(
      (isIn) => sql`
        select e.target_id as id, e.target_label as label from audit_entries e
        where e.project_id = ${ctx.project.id} and e.action = ${first.action} and ${isIn}
          and e.at > clock_timestamp() - interval '1 hour' and e.actor_id = ${ctx.actor.id}
          and e.credential_id is not distinct from ${credentialIdOf(ctx.actor)}::text
          and (${refusals.some(isMadeUp) ? sql`e.target_id = e.target_label or ${ofTarget}` : ofTarget})
          and strpos(e.detail, ${code}) > 0`,
    )}) known`)
  const known = new Set(rows.map((row) => row.id))
  const knowsMadeUp = rows.some((row) => row.id === row.label)
  return refusals.filter((one) => !(isMadeUp(one) ? knowsMadeUp : known.has(one.target.id)))
}
