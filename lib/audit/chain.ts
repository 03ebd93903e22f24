import { hash } from 'node:crypto'
import type { ListedEntry } from '@/db/queries/audit'
import { sixteenRandom } from '@/lib/ids'
import { canonicalJson } from '@/lib/json/canonical'
import { readJson } from '@/lib/json/read'
import type { AuditEntry } from './schemas'

/** `prev_hash` of a project's first entry. */
export const genesisHash = '0'.repeat(64)

/** Version of the chain that new entries are sealed in. */
const currentVersion = 2

/** An audit entry as everybody outside sees it. */
export function auditEntryToWire(record: ListedEntry): AuditEntry {
  return {
    v: record.version ?? 1,
    id: record.id,
    seq: record.seq,
    at: record.at.toISOString(),
    action: record.action as AuditEntry['action'],
    actor: {
      type: record.actorType as AuditEntry['actor']['type'],
      id: record.actorId,
      label: record.actorLabel,
      commitment: record.actorCommitment,
    },
    via: record.via,
    target: {
      type: record.targetType,
      id: record.targetId,
      label: record.targetLabel,
      commitment: record.targetCommitment,
    },
    detail: record.erasedAt ? null : (readJson(record.detail ?? '{}') as Record<string, unknown>),
    detail_commitment: record.detailCommitment,
    credential_id: record.credentialId,
    request_id: record.requestId,
    address: record.address,
    address_commitment: record.addressCommitment,
    salt: record.salt,
    erased_at: record.erasedAt?.toISOString() ?? null,
    prev_hash: record.prevHash,
    hash: record.hash,
  }
}

type Unhashed = Omit<AuditEntry, 'hash'> & { hash?: string | null }
type Form = Record<string, unknown>

/** An entry as it is exported: without what it does not have, so that those of before a member keep their hash. */
export function chainForm(entry: Unhashed): Form {
  const { v, actor, target, ...rest } = entry
  const form: Form = { actor: partyForm(actor), target: partyForm(target) }
  if (v !== 1) form.v = v
  for (const [name, value] of Object.entries(rest)) if (value !== null) form[name] = value
  return form
}

function partyForm({ label, commitment, ...rest }: AuditEntry['actor' | 'target']): Form {
  return { ...rest, ...(label !== null && { label }), ...(commitment !== null && { commitment }) }
}

/**
 * The hash of an entry: hex SHA-256 of the RFC 8785 form of `chainForm` without the member `hash` and, from version 2
 * on, without what its commitments stand for: both labels, `detail` and `address`, with `salt` and `erased_at`. It
 * covers `prev_hash` and `seq`, which makes the chain.
 */
export function hashOfEntry(entry: Unhashed): string {
  return hash(
    'sha256',
    canonicalJson(chainForm({ ...entry, hash: null, ...(entry.v === 1 ? {} : withoutText(entry)) })),
  )
}

const withoutText = ({ actor, target }: Unhashed) => ({
  actor: { ...actor, label: null },
  target: { ...target, label: null },
  detail: null,
  address: null,
  salt: null,
  erased_at: null,
})

/** An entry of the current version, with commitments to its clear text under a salt of its own, ready to be hashed. */
export function commit(entry: Unhashed): Unhashed {
  const salt = Buffer.from(sixteenRandom()).toString('hex')
  const { actor, target, detail, address } = entry
  const to = commitmentsUnder(salt)
  return {
    ...entry,
    v: currentVersion,
    salt,
    actor: { ...actor, commitment: to(actor.label) },
    target: { ...target, commitment: to(target.label) },
    detail_commitment: to(detail && canonicalJson(detail)),
    address_commitment: to(address),
  }
}

/** Hex SHA-256 of the salt, a zero byte and the clear text in UTF-8; of `detail`, its RFC 8785 form. */
function commitmentsUnder(salt: string): (text: string | null) => string | null {
  const salted = Buffer.from(`${salt}00`, 'hex')
  return (text) => (text === null ? null : hash('sha256', Buffer.concat([salted, Buffer.from(text)])))
}

/**
 * Whether an entry has the hash that it says and, of version 2, clear text that is what it was committed to. Of an
 * erased one nothing in clear may be left.
 */
export function isSound(entry: AuditEntry): boolean {
  return entry.hash === hashOfEntry(entry) && (entry.v === 1 ? isBare(entry) : keepsCommitments(entry))
}

/** Version 1 hashes its clear text itself. */
const isBare = ({ actor, target, salt, detail_commitment, address_commitment, erased_at }: AuditEntry) =>
  [actor.commitment, target.commitment, salt, detail_commitment, address_commitment, erased_at].every(
    (member) => member === null,
  )

function keepsCommitments(entry: AuditEntry): boolean {
  const { v, salt, actor, target, detail, address } = entry
  if (v !== currentVersion) return false
  if (entry.erased_at !== null)
    return [salt, actor.label, target.label, detail, address].every((member) => member === null)
  if (salt === null || !/^[0-9a-f]{32}$/.test(salt)) return false
  if (actor.label === null || target.label === null || detail === null) return false
  const to = commitmentsUnder(salt)
  return (
    to(actor.label) === actor.commitment &&
    to(target.label) === target.commitment &&
    to(canonicalJson(detail)) === entry.detail_commitment &&
    to(address) === entry.address_commitment
  )
}
