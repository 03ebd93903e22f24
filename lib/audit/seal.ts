import { and, asc, desc, eq, inArray, isNotNull, isNull, sql } from 'drizzle-orm'
import type { Database, Transaction } from '@/db/client'
import type { AuditRecord } from '@/db/queries/audit'
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

async function readHeads(tx: Transaction, projectIds: string[]): Promise<Map<string, Head>> {
  if (projectIds.length === 0) return new Map()
  const rows = await tx
    .selectDistinctOn([auditEntries.projectId], {
      projectId: auditEntries.projectId,
      seq: auditEntries.seq,
      hash: auditEntries.hash,
    })
    .from(auditEntries)
    .where(and(inArray(auditEntries.projectId, projectIds), isNotNull(auditEntries.seq)))
    .orderBy(asc(auditEntries.projectId), desc(auditEntries.seq))
  return new Map(rows.map((row) => [row.projectId, { seq: row.seq ?? 0, hash: row.hash ?? genesisHash }]))
}

function sealOne(row: AuditRecord, heads: Map<string, Head>) {
  const head = heads.get(row.projectId) ?? { seq: 0, hash: genesisHash }
  const seq = head.seq + 1
  const hash = hashOfEntry({ ...auditEntryToWire(row), seq, prev_hash: head.hash })
  heads.set(row.projectId, { seq, hash })
  return { id: row.id, seq, prev_hash: head.hash, hash }
}

/** Rows of one project in the order of the chain, from after `seq`; for verifying and exporting. */
export async function readSealed(
  db: Database,
  projectId: string,
  afterSeq: number,
  limit: number,
): Promise<AuditRecord[]> {
  return db
    .select()
    .from(auditEntries)
    .where(and(eq(auditEntries.projectId, projectId), sql`${auditEntries.seq} > ${afterSeq}`))
    .orderBy(asc(auditEntries.seq))
    .limit(limit)
}
