import { z } from 'zod'
import { JsonObject, Moment } from '@/lib/json/schemas'
import { auditActions } from './actions'

const Erasable = z.string().nullable().meta({ description: 'Null where the entry was erased.' })
const Commitment = z.string().nullable().meta({
  description:
    'Hex SHA-256 of the salt, a zero byte and the clear text, which the hash covers in its place; null in version 1.',
})

export const AuditEntry = z
  .object({
    v: z.int().meta({ description: 'How it is hashed: 1 over the clear text, 2 over commitments to it.' }),
    id: z.string(),
    seq: z.int().nullable(),
    at: Moment,
    action: z.enum(auditActions).meta({ description: 'What was done; more are added over time.' }),
    actor: z.object({
      type: z.enum(['user', 'key', 'system']),
      id: z.string(),
      label: Erasable,
      commitment: Commitment,
    }),
    via: z.string(),
    target: z.object({ type: z.string(), id: z.string(), label: Erasable, commitment: Commitment }),
    detail: JsonObject.nullable().meta({ description: 'Null where the entry was erased.' }),
    detail_commitment: Commitment.meta({ description: 'To the RFC 8785 form of `detail`.' }),
    credential_id: z.string().nullable().meta({
      description: 'Id of the key, personal token or session that acted; null for Holdpoint and operators.',
    }),
    request_id: z.string().nullable().meta({ description: '`X-Request-Id` of the answer.' }),
    address: z.string().nullable().meta({ description: 'Network address that the request came from.' }),
    address_commitment: Commitment.meta({ description: 'Null where there was no address.' }),
    salt: z.string().nullable().meta({
      description:
        '16 random bytes in hex; null in version 1, before the entry is sealed and once it was erased.',
    }),
    erased_at: Moment.nullable().meta({
      description: 'When labels, detail, address and salt were erased; the commitments stay.',
    }),
    prev_hash: z.string().nullable(),
    hash: z.string().nullable(),
  })
  .meta({ id: 'AuditEntry' })
export type AuditEntry = z.infer<typeof AuditEntry>

export const Mismatch = z
  .object({
    approval_id: z.string(),
    what: z.enum(['entry_missing', 'status', 'decision', 'reviewer', 'reason', 'digest', 'params', 'claim']),
    detail: z.string(),
  })
  .meta({ id: 'Mismatch', description: 'An approval that is not what the log says of it.' })
export type Mismatch = z.infer<typeof Mismatch>

/** A published head as text, `SEQ:HASH`. */
export const PublishedHead = z
  .string()
  .regex(/^[1-9]\d{0,14}:[0-9a-f]{64}$/, 'A head is SEQ:HASH, a number and 64 hex digits.')
  .transform((text) => {
    const [seq = '', hash = ''] = text.split(':')
    return { seq: Number(seq), hash }
  })

const HeadCheck = z
  .object({
    seq: z.int(),
    matches: z.boolean().nullable().meta({
      description: 'Whether the entry of this number has that hash; null where it was pruned.',
    }),
  })
  .meta({
    id: 'HeadCheck',
    description: 'A head that was published outside, and whether the chain goes through it.',
  })

const Erasure = z
  .object({
    at: Moment,
    by: z.string().meta({ description: 'Who erased, by name.' }),
    entries: z.int(),
  })
  .meta({ id: 'AuditErasure', description: 'Entries that were erased at a time, as the log itself tells.' })

export const Verification = z
  .object({
    ok: z.boolean(),
    summary: z.string().meta({ description: 'What was found, in a sentence or more.' }),
    checked: z.int().meta({ description: 'How many entries were walked; pruned ones are not.' }),
    erased: z
      .int()
      .meta({ description: 'How many of them were erased, and told of by an entry `audit.erased`.' }),
    erasures: z.array(Erasure).meta({ description: 'When and by whom; the last 100.' }),
    head: z.string().nullable().meta({ description: 'Hash of the last sealed entry.' }),
    first_bad: z.int().nullable().meta({ description: 'seq of the first entry that does not fit.' }),
    unsealed: z.int().meta({
      description:
        'How many entries have waited for more than a minute to be sealed, or cannot be; 1,000 at most. Not ok where one cannot be.',
    }),
    approvals_checked: z.int(),
    mismatches: z.array(Mismatch).meta({ description: 'At most 100.' }),
    heads: z.array(HeadCheck).meta({ description: 'Of the heads that were asked about.' }),
  })
  .meta({ id: 'Verification' })
export type Verification = z.infer<typeof Verification>
