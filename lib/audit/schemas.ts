import { z } from 'zod'
import { JsonObject, Moment } from '@/lib/json/schemas'
import { auditActions } from './actions'

export const AuditEntry = z
  .object({
    id: z.string(),
    seq: z.int().nullable(),
    at: Moment,
    action: z.enum(auditActions).meta({ description: 'What was done; more are added over time.' }),
    actor: z.object({ type: z.enum(['user', 'key', 'system']), id: z.string(), label: z.string() }),
    via: z.string(),
    target: z.object({ type: z.string(), id: z.string(), label: z.string() }),
    detail: JsonObject,
    credential_id: z.string().nullable().meta({
      description: 'Id of the key, personal token or session that acted; null for Holdpoint and operators.',
    }),
    request_id: z.string().nullable().meta({ description: '`X-Request-Id` of the answer.' }),
    address: z.string().nullable().meta({ description: 'Network address that the request came from.' }),
    prev_hash: z.string().nullable(),
    hash: z.string().nullable(),
  })
  .meta({ id: 'AuditEntry' })
export type AuditEntry = z.infer<typeof AuditEntry>

export const Verification = z
  .object({
    ok: z.boolean(),
    checked: z.int().meta({ description: 'How many entries were walked; pruned ones are not.' }),
    head: z.string().nullable().meta({ description: 'Hash of the last sealed entry.' }),
    first_bad: z.int().nullable().meta({ description: 'seq of the first entry that does not fit.' }),
  })
  .meta({ id: 'Verification' })
export type Verification = z.infer<typeof Verification>
