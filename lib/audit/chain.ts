import { createHash } from 'node:crypto'
import type { ListedEntry } from '@/db/queries/audit'
import { canonicalJson } from '@/lib/json/canonical'
import { readJson } from '@/lib/json/strict'
import type { AuditEntry } from './schemas'

/** `prev_hash` of a project's first entry. */
export const genesisHash = '0'.repeat(64)

/** An audit entry as everybody outside sees it. */
export function auditEntryToWire(record: ListedEntry): AuditEntry {
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
    detail: readJson(record.detail ?? '{}') as Record<string, unknown>,
    credential_id: record.credentialId,
    request_id: record.requestId,
    address: record.address,
    prev_hash: record.prevHash,
    hash: record.hash,
  }
}

/** Members that entries got later than others: those that were sealed without them keep their hash. */
const later = ['credential_id', 'request_id', 'address'] as const

/** An entry as it is hashed and exported: without those of the later members that are null. */
export function chainForm<E extends Omit<AuditEntry, 'hash'>>(entry: E): Partial<E> {
  const form: Partial<E> = { ...entry }
  for (const name of later) if (form[name] === null) delete form[name]
  return form
}

/**
 * The hash of an entry: hex SHA-256 of the RFC 8785 form of `chainForm`, without the member `hash`. It covers
 * `prev_hash` and `seq`, which makes the chain.
 */
export function hashOfEntry(entry: Omit<AuditEntry, 'hash'>): string {
  const form: Partial<AuditEntry> = chainForm(entry)
  delete form.hash
  return createHash('sha256').update(canonicalJson(form)).digest('hex')
}
