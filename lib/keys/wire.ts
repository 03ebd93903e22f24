import type { KeyRecord } from '@/db/queries/keys'
import type { Scope } from '@/lib/context'
import type { Key } from './schemas'

/** A key as everybody who may see it sees it. */
export function keyToWire(record: KeyRecord): Key {
  return {
    id: record.id,
    kind: record.kind,
    name: record.name,
    scopes: record.scopes as Scope[],
    prefix: record.prefix,
    created_by: record.createdBy,
    created_at: record.createdAt.toISOString(),
    last_used_at: record.lastUsedAt?.toISOString() ?? null,
    expires_at: record.expiresAt?.toISOString() ?? null,
    revoked_at: record.revokedAt?.toISOString() ?? null,
  }
}
