import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { findAuditHead } from '@/db/queries/audit-head'
import { auditEntries } from '@/db/schema/audit'
import { auditEntryToWire, genesisHash, hashOfEntry } from '@/lib/audit/chain'

/** Seals what waits of a project as versions before salted commitments did, for tests. */
export async function sealAsVersion1(db: Database, projectId: string): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(sql`select set_config('holdpoint.seal_form', '2', true)`)
    let { seq, hash } = (await findAuditHead(tx, projectId)) ?? { seq: 0, hash: genesisHash }
    const rows = await tx
      .select()
      .from(auditEntries)
      .where(and(eq(auditEntries.projectId, projectId), isNull(auditEntries.seq)))
      .orderBy(asc(auditEntries.ordinal))
    const seals = rows.map((row) => {
      const before = hash
      seq += 1
      hash = hashOfEntry({ ...auditEntryToWire(row), seq, prev_hash: before })
      return { id: row.id, seq, prev_hash: before, hash }
    })
    await tx.execute(sql`
      update audit_entries e set seq = s.seq, prev_hash = s.prev_hash, hash = s.hash
      from jsonb_to_recordset(${JSON.stringify(seals)}::text::jsonb) as s(id text, seq bigint, prev_hash text, hash text)
      where e.id = s.id`)
  })
}
