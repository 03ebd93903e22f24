import { and, desc, eq, lte, sql } from 'drizzle-orm'
import type { Queryable, Transaction } from '@/db/client'
import { auditEntries, auditPrunings } from '@/db/schema/audit'
import { holdpointActor, type Project } from '@/lib/context'
import { upToBytes } from '@/lib/work/in-turns'
import { recordAudit } from './record'

/** How long the entries are that one transaction deletes, unless one alone is longer. */
const mostBytes = 32 << 20

/** Where a project's chain begins: after the last pruned entry. */
export type ChainStart = { seq: number; hash: string }

/** @returns undefined where nothing of the project's log was ever pruned */
export async function findChainStart(db: Queryable, projectId: string): Promise<ChainStart | undefined> {
  const [row] = await db
    .select({ seq: auditPrunings.throughSeq, hash: auditPrunings.hash })
    .from(auditPrunings)
    .where(eq(auditPrunings.projectId, projectId))
    .orderBy(desc(auditPrunings.throughSeq))
    .limit(1)
  return row
}

/**
 * Whether the oldest entry of a project's log has been past the period for a whole day: pruning leaves an entry
 * of its own, so it is done once a day and not at every look.
 * @param days 1 to 36,500
 */
export async function isAuditDue(db: Queryable, projectId: string, days: number): Promise<boolean> {
  const [row] = await db.execute<{ isDue: boolean }>(sql`
    select at < clock_timestamp() - make_interval(days => ${days}::int + 1) as "isDue" from audit_entries
    where project_id = ${projectId} and seq is not null order by seq limit 1`)
  return row?.isDue === true
}

/**
 * Deletes the oldest entries of a project's log, up to the first that is younger than the period.
 * In the same transaction it writes where the chain begins from then on (the number and hash of the last deleted
 * entry, which the first kept one names as its `prev_hash`) and an entry `audit.pruned` that says the same within
 * the chain. What is kept is proved as before; of what is gone, whoever kept an export or an older head can still
 * show that the chain went through it.
 * @param days 1 to 36,500
 * @param most entries deleted
 * @returns how many entries were deleted
 */
export async function pruneAudit(
  tx: Transaction,
  project: Project,
  days: number,
  most = 1000,
): Promise<number> {
  const oldest = await tx.execute<{
    seq: string
    hash: string
    at: string
    isDue: boolean
    bytes: number
  }>(sql`
    select seq, hash, octet_length(detail) as bytes, at, at < (select clock_timestamp()) - make_interval(days => ${days}::int) as "isDue"
    from audit_entries where project_id = ${project.id} and seq is not null order by seq limit ${most}`)
  const firstKept = oldest.findIndex((entry) => !entry.isDue)
  const due = upToBytes(firstKept === -1 ? [...oldest] : oldest.slice(0, firstKept), mostBytes)
  const [first, last] = [due[0], due.at(-1)]
  if (!first || !last) return 0
  const [fromSeq, throughSeq] = [Number(first.seq), Number(last.seq)]
  const at = new Date(last.at)
  await tx.insert(auditPrunings).values({ projectId: project.id, fromSeq, throughSeq, hash: last.hash, at })
  await tx
    .delete(auditEntries)
    .where(and(eq(auditEntries.projectId, project.id), lte(auditEntries.seq, throughSeq)))
  await recordAudit(
    tx,
    { project, actor: holdpointActor },
    {
      action: 'audit.pruned',
      target: { type: 'project', id: project.id, label: project.name },
      detail: {
        from_seq: fromSeq,
        through_seq: throughSeq,
        count: due.length,
        hash: last.hash,
        last_at: at.toISOString(),
        audit_retention_days: days,
      },
    },
  )
  return due.length
}
