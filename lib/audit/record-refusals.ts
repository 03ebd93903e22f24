import { sql } from 'drizzle-orm'
import type { Database, Queryable } from '@/db/client'
import { isOneOf } from '@/db/one-of'
import { auditEntries } from '@/db/schema/audit'
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
  const { projectId, action, at, actorId, credentialId, targetId, targetLabel, detail } = auditEntries
  const ids = refusals.map(({ target }) => target.id)
  const ofTarget = isOneOf(targetId, ids)
  // Quotes within a text are escaped, so this is found in no other member.
  const code = `"code":"${first.detail.code}"`
  const rows = await tx
    .selectDistinct({ id: targetId, label: targetLabel })
    .from(auditEntries)
    .where(
      sql`${projectId} = ${ctx.project.id} and ${action} = ${first.action}
        and ${at} > clock_timestamp() - interval '1 hour' and ${actorId} = ${ctx.actor.id}
        and ${credentialId} is not distinct from ${credentialIdOf(ctx.actor)}::text
        and (${refusals.some(isMadeUp) ? sql`${targetId} = ${targetLabel} or ${ofTarget}` : ofTarget})
        and strpos(${detail}, ${code}) > 0`,
    )
  const known = new Set(rows.map((row) => row.id))
  const knowsMadeUp = rows.some((row) => row.id === row.label)
  return refusals.filter((one) => !(isMadeUp(one) ? knowsMadeUp : known.has(one.target.id)))
}
