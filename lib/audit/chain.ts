import { createHash } from 'node:crypto'
import type { AuditRecord } from '@/db/queries/audit'
import { canonicalJson } from '@/lib/json/canonical'
import type { AuditEntry } from './schemas'

/** `prev_hash` of a project's first entry. */
export const genesisHash = '0'.repeat(64)

/** An audit entry as everybody outside sees it. */
export function auditEntryToWire(record: AuditRecord): AuditEntry {
  return {
    id: record.id,
    seq: record.seq,
    at: record.at.toISOString(),
    action: record.action as AuditEntry['action'],
    actor: {
      type: record.actorType as AuditEntry['actor']['type'],
      id: record.actorId,
      label: record.actorLabel,
    },
    via: record.via,
    target: { type: record.targetType, id: record.targetId, label: record.targetLabel },
    detail: JSON.parse(record.detail) as Record<string, unknown>,
    prev_hash: record.prevHash,
    hash: record.hash,
  }
}

/**
 * The hash of an entry: hex SHA-256 of the RFC 8785 form of the entry as the API shows it, without
 * its member `hash`. It covers `prev_hash` and `seq`, which makes the chain.
 */
export function hashOfEntry(entry: Omit<AuditEntry, 'hash'>): string {
  const { id, seq, at, action, actor, via, target, detail, prev_hash } = entry
  return createHash('sha256')
    .update(canonicalJson({ id, seq, at, action, actor, via, target, detail, prev_hash }))
    .digest('hex')
}
