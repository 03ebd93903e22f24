import { and, asc, eq, getTableColumns, isNull, sql } from 'drizzle-orm'
import type { Database, Transaction } from '@/db/client'
import type { AuditRecord } from '@/db/queries/audit'
import { bytesOf, ifWithin, isWithinBytes } from '@/db/queries/bounded'
import { auditEntries } from '@/db/schema/audit'
import { auditEntryToWire, genesisHash, hashOfEntry } from './chain'

const sealLock = 7_340_215
const batchSize = 500

/**
 * Numbers and chains what was written since the last time, in order of writing, project by project.
 * One at a time over all processes (a transaction-level advisory lock); others return at once.
 * @returns how many entries were sealed
 */
export async function sealAudit(db: Database): Promise<number> {
  let sealed = 0
  for (;;) {
    const count = await db.transaction(sealBatch)
    sealed += count
    if (count < batchSize) return sealed
  }
}

async function sealBatch(tx: Transaction): Promise<number> {
  const [lock] = await tx.execute<{ held: boolean }>(
    sql`select pg_try_advisory_xact_lock(${sealLock}) as held`,
  )
  if (!lock?.held) return 0
  const unsealed = await tx
    .select()
    .from(auditEntries)
    .where(isNull(auditEntries.seq))
    .orderBy(asc(auditEntries.ordinal))
    .limit(batchSize)
  const heads = await readHeads(tx, [...new Set(unsealed.map((row) => row.projectId))])
  const seals = unsealed.map((row) => sealOne(row, heads))
  if (seals.length > 0) {
    await tx.execute(sql`
      update audit_entries e set seq = s.seq, prev_hash = s.prev_hash, hash = s.hash
      from jsonb_to_recordset(${JSON.stringify(seals)}::text::jsonb) as s(id text, seq bigint, prev_hash text, hash text)
      where e.id = s.id`)
  }
  return seals.length
}

type Head = { seq: number; hash: string }

/** Where each project's chain ends: at its last sealed entry, or where all of those were pruned, at the last pruned. */
async function readHeads(tx: Transaction, projectIds: string[]): Promise<Map<string, Head>> {
  if (projectIds.length === 0) return new Map()
  const rows = await tx.execute<{ projectId: string; seq: string; hash: string }>(sql`
    select p.id as "projectId", coalesce(kept.seq, pruned.seq) as seq, coalesce(kept.hash, pruned.hash) as hash
    from json_array_elements_text(${JSON.stringify(projectIds)}::text::json) as p(id)
      left join lateral (
        select seq, hash from audit_entries e where e.project_id = p.id and e.seq is not null order by e.seq desc limit 1
      ) kept on true
      left join lateral (
        select through_seq as seq, hash from audit_prunings r where r.project_id = p.id order by through_seq desc limit 1
      ) pruned on true
    where coalesce(kept.seq, pruned.seq) is not null`)
  return new Map(rows.map((row) => [row.projectId, { seq: Number(row.seq), hash: row.hash }]))
}

function sealOne(row: AuditRecord, heads: Map<string, Head>) {
  const head = heads.get(row.projectId) ?? { seq: 0, hash: genesisHash }
  const seq = head.seq + 1
  const hash = hashOfEntry({ ...auditEntryToWire(row), seq, prev_hash: head.hash })
  heads.set(row.projectId, { seq, hash })
  return { id: row.id, seq, prev_hash: head.hash, hash }
}

/**
 * Rows of one project in the order of the chain, from after `seq`, as many as the bytes of a page allow; for
 * verifying and exporting.
 */
export async function readSealed(
  db: Database,
  projectId: string,
  afterSeq: number,
  limit: number,
): Promise<AuditRecord[]> {
  const { seq, detail } = auditEntries
  const isWithin = isWithinBytes([bytesOf(detail)], sql`${seq}`)
  const rows = await db
    .select({ ...getTableColumns(auditEntries), detail: ifWithin(isWithin, detail), isWithin })
    .from(auditEntries)
    .where(and(eq(auditEntries.projectId, projectId), sql`${seq} > ${afterSeq}`))
    .orderBy(asc(seq))
    .limit(limit)
  return rows.flatMap(({ isWithin: isRead, detail: text, ...row }) =>
    isRead && text !== null ? [{ ...row, detail: text }] : [],
  )
}
