import type { Database } from '@/db/client'
import { auditEntryToWire, genesisHash, hashOfEntry } from './chain'
import type { Verification } from './schemas'
import { readSealed, sealAudit } from './seal'

/**
 * Walks a project's chain from its first entry: numbers without a gap, each entry's hash right, each
 * `prev_hash` the hash before. Stops at the first that does not fit.
 */
export async function verifyAudit(db: Database, projectId: string): Promise<Verification> {
  await sealAudit(db)
  let checked = 0
  let head = genesisHash
  for (;;) {
    const rows = await readSealed(db, projectId, checked, 1000)
    for (const row of rows) {
      const entry = auditEntryToWire(row)
      const fits = entry.seq === checked + 1 && entry.prev_hash === head && entry.hash === hashOfEntry(entry)
      if (!fits)
        return { ok: false, checked, head, first_bad: entry.seq === checked + 1 ? entry.seq : checked + 1 }
      checked += 1
      head = entry.hash ?? head
    }
    if (rows.length === 0) return { ok: true, checked, head: checked === 0 ? null : head, first_bad: null }
  }
}
