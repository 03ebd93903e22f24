import { z } from 'zod'
import type { Context } from '@/lib/context'
import { canonicalJson } from '@/lib/json/canonical'
import { csvField } from '@/lib/untrusted/channels'
import { change, verb, type Definition } from '@/lib/verb'
import { auditEntryToWire, chainForm } from './chain'
import { findChainStart } from './prune'
import { recordAudit } from './record'
import type { AuditEntry } from './schemas'
import { readSealed, sealWritten } from './seal'
import { Erasures } from './verify'

const columns = [
  'seq',
  'at',
  'action',
  'actor_type',
  'actor_id',
  'actor_label',
  'via',
  'target_type',
  'target_id',
  'target_label',
  'detail',
  'id',
  'prev_hash',
  'hash',
  'credential_id',
  'request_id',
  'address',
  'v',
  'salt',
  'actor_commitment',
  'target_commitment',
  'detail_commitment',
  'address_commitment',
  'erased_at',
] as const

type Format = 'ndjson' | 'csv'

const exported = {
  need: 'admin',
  query: z.strictObject({ format: z.enum(['ndjson', 'csv']).default('ndjson') }),
  output: { media: 'application/x-ndjson', or: 'text/csv' },
  refuses: [],
  keepsTime: true,
} as const satisfies Partial<Definition>

/**
 * The project's whole audit log, oldest first, as a stream of text: `ndjson` (each line the RFC 8785
 * form of an entry, to be checked by `docs/verify-audit.mjs` alone) or `csv` (RFC 4180, guarded
 * against formulas). It begins at the oldest entry that is kept: number 1 with a `prev_hash` of zeros or, where older ones were pruned, the next number
 * with the hash of the last pruned one, which the last `audit.pruned` entry names too. It has all that was written before it was
 * asked for, but for what is set aside.
 * @throws AppError `unavailable` where that is not sealed within five seconds
 * @throws Error in the middle of the stream where entries were pruned under it, so that no gap is taken for whole
 */
export const readWholeAudit = verb(
  { ...exported, summary: 'Read the whole audit log' },
  async (ctx, { format }) => {
    await sealWritten(ctx.db, ctx.project.id)
    return lines(ctx, format)
  },
)

const recordExport = change({ ...exported, summary: 'Record an export' }, (tx, ctx, { format }) =>
  recordAudit(tx, ctx, {
    action: 'audit.exported',
    target: { type: 'project', id: ctx.project.id, label: ctx.project.name },
    detail: { format },
  }),
)

/** The same on record: the export is audited first, and is in what it exports. */
export const exportAudit = verb(
  { ...exported, summary: 'Export the audit log, which leaves an entry' },
  async (ctx, input) => {
    await recordExport(ctx, input)
    return readWholeAudit(ctx, input)
  },
)

async function* lines(ctx: Context, format: Format): AsyncGenerator<string> {
  if (format === 'csv') yield `${columns.join(',')}\r\n`
  const erasures = new Erasures()
  for (let seq = 0, isEnd = false; ;) {
    const rows = await readSealed(ctx.db, ctx.project.id, seq, 1000)
    const start =
      seq > 0 && rows[0]?.seq !== seq + 1 ? await findChainStart(ctx.db, ctx.project.id) : undefined
    if (start && start.seq > seq)
      throw new Error('The log was pruned while it was exported; export it again.')
    if (rows.length > 0) {
      const entries = rows.map(auditEntryToWire)
      for (const entry of entries) erasures.meet(entry)
      yield entries.map(format === 'csv' ? csvLine : ndjsonLine).join('')
      seq = rows.at(-1)?.seq ?? seq
    } else if (isEnd || erasures.firstUntold() === undefined) return
    else {
      // Erased while it was exported: the entry that tells of it belongs to it too.
      await sealWritten(ctx.db, ctx.project.id)
      isEnd = true
    }
  }
}

function ndjsonLine(entry: AuditEntry): string {
  return `${canonicalJson(chainForm(entry))}\n`
}

function csvLine(entry: AuditEntry): string {
  const cells: Record<(typeof columns)[number], string> = {
    seq: String(entry.seq),
    at: entry.at,
    action: entry.action,
    actor_type: entry.actor.type,
    actor_id: entry.actor.id,
    actor_label: entry.actor.label ?? '',
    via: entry.via,
    target_type: entry.target.type,
    target_id: entry.target.id,
    target_label: entry.target.label ?? '',
    detail: entry.detail ? canonicalJson(entry.detail) : '',
    id: entry.id,
    prev_hash: entry.prev_hash ?? '',
    hash: entry.hash ?? '',
    credential_id: entry.credential_id ?? '',
    request_id: entry.request_id ?? '',
    address: entry.address ?? '',
    v: String(entry.v),
    salt: entry.salt ?? '',
    actor_commitment: entry.actor.commitment ?? '',
    target_commitment: entry.target.commitment ?? '',
    detail_commitment: entry.detail_commitment ?? '',
    address_commitment: entry.address_commitment ?? '',
    erased_at: entry.erased_at ?? '',
  }
  return `${columns.map((column) => csvField(cells[column])).join(',')}\r\n`
}
