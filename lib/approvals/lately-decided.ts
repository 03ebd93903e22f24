import { onceFor, type Database } from '@/db/client'
import type { ApprovalRecord } from '@/db/queries/approvals'
import { setBounded } from '@/lib/bounded-map'

const mostKept = 1000
/** Params and context are most of a record; longer ones are read again. */
const mostCharacters = 16 * 1024

const kept = onceFor(() => new Map<string, ApprovalRecord>())

/**
 * Keeps what an approval was when this process had written its decision, for the claim that follows at once. It saves
 * a look and is never believed: what may have changed since is proved by the statement that acts on it.
 */
export function keepDecided(db: Database, record: ApprovalRecord): void {
  if (record.params.length + (record.context?.length ?? 0) > mostCharacters) return
  setBounded(kept(db), record.id, record, mostKept)
}

/** Takes it out again; undefined where it was not decided here, or not lately, or was taken before. */
export function takeDecided(db: Database, id: string): ApprovalRecord | undefined {
  const record = kept(db).get(id)
  kept(db).delete(id)
  return record
}
