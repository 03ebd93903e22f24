import { and, desc, eq, isNull, sql } from 'drizzle-orm'
import { z } from 'zod'
import { searchesOf, type Database } from '@/db/client'
import { auditEntries } from '@/db/schema/audit'
import { walkInTurn } from '@/lib/search-turn'
import { verb } from '@/lib/verb'
import { auditEntryToWire, genesisHash, isSound } from './chain'
import { compareApprovals, mostMismatches } from './compare-approvals'
import { findChainStart, type ChainStart } from './prune'
import { PublishedHead, Verification, type AuditEntry } from './schemas'
import { readSealed } from './seal'

/** A head as it was published: the number of an entry and its hash. */
export type Head = { seq: number; hash: string }

/**
 * Walks a project's chain from its first kept entry: numbers without a gap, each entry's hash and commitments right,
 * each `prev_hash` the hash before. Of an entry whose clear text was erased the commitments are walked, and an entry
 * `audit.erased` of the chain has to tell of it. Where older entries were pruned, the first one has to follow exactly the last that
 * was, and an entry `audit.pruned` of the chain has to tell of that. Stops at the first that does not fit.
 * `checked` counts the entries walked, `unsealed` those the chain should have by now and has not. Beside, every approval is compared with its entries, and the chain with heads
 * that were published outside: whoever changed entries and approvals alike, hashes included, cannot change those.
 */
export async function verifyAudit(
  db: Database,
  projectId: string,
  published: Head[] = [],
): Promise<Verification> {
  const chain = await verifyChain(db, projectId)
  const { unsealed, isStuck } = await findUnsealed(db, projectId)
  const { compared, mismatches } = await compareApprovals(db, projectId)
  const heads: Verification['heads'] = []
  for (const head of published) heads.push(await compareHead(db, projectId, head))
  const faults = [
    ...(isStuck ? ['Some entries cannot be sealed.'] : []),
    ...(mismatches.length > 0 ? [`${countedApprovals(mismatches.length)} not what the log says.`] : []),
    ...heads
      .filter(({ matches }) => matches === false)
      .map(({ seq }) => `Head ${seq} is not that of the log.`),
  ]
  const summary = [summaryOf(chain), ...faults].join(' ')
  const ok = chain.ok && faults.length === 0
  return { ...chain, summary, ok, unsealed, approvals_checked: compared, mismatches, heads }
}

const counted = (count: number) => (count === 1 ? '1 entry' : `${count.toLocaleString('en-US')} entries`)

const countedApprovals = (count: number) =>
  count === 1 ? '1 approval is' : `${count} approvals${count < mostMismatches ? '' : ' or more'} are`

/** What became of the entries, in a sentence. */
function summaryOf({ checked, first_bad, erased, erasures }: Chain): string {
  if (first_bad !== null)
    return `Entry ${first_bad.toLocaleString('en-US')} is not sound; before it, ${counted(checked)} are.`
  const told = erasures.map(
    ({ at, by, entries }) => `${entries.toLocaleString('en-US')} erased on ${at.slice(0, 10)} by ${by}`,
  )
  const last = told.at(-1)
  const words =
    told.length <= mostTold ? told : [`${erased.toLocaleString('en-US')} erased, the last: ${last}`]
  return `${[`${counted(checked)}, all sound`, ...words].join('; ')}.`
}

/** Of more erasures the last one is told. */
const mostTold = 3

/** More are not counted. */
const mostUnsealed = 1000

type Chain = Pick<Verification, 'ok' | 'checked' | 'erased' | 'erasures' | 'head' | 'first_bad'>

async function verifyChain(db: Database, projectId: string): Promise<Chain> {
  for (;;) {
    const start = await findChainStart(db, projectId)
    const found = await walk(db, projectId, start)
    // Pruned while it was walked: what did not fit may only have been gone.
    if (found.ok || (await findChainStart(db, projectId))?.seq === start?.seq) return found
  }
}

/** Entries that have waited for a number for more than a minute, or were set aside and may wait for ever. */
async function findUnsealed(db: Database, projectId: string) {
  const [row] = await db.execute<{ unsealed: number; isStuck: boolean }>(sql`
    with stuck as materialized (
      select e.id from set_aside s join audit_entries e on e.id = s.subject_id
      where s.kind = 'seal' and s.project_id = ${projectId} and e.project_id = s.project_id and e.seq is null
    )
    select exists (select from stuck) as "isStuck", (
      select count(*)::int from (
        select from audit_entries u where u.project_id = ${projectId} and u.seq is null
          and (u.at < (select clock_timestamp()) - interval '1 minute' or u.id in (select id from stuck))
        order by u.ordinal limit ${mostUnsealed}
      ) waiting) as unsealed`)
  return row ?? { unsealed: 0, isStuck: false }
}

/** A number that the chain never reached, or does not reach any more, does not match. */
async function compareHead(
  db: Database,
  projectId: string,
  head: Head,
): Promise<Verification['heads'][number]> {
  const [row] = await db.execute<{ hash: string | null; isPruned: boolean }>(sql`
    select coalesce(
        (select hash from audit_entries where project_id = ${projectId} and seq = ${head.seq}),
        (select hash from audit_prunings where project_id = ${projectId} and through_seq = ${head.seq})) as hash,
      exists (select from audit_prunings
        where project_id = ${projectId} and ${head.seq} between from_seq and through_seq) as "isPruned"`)
  const isGone = row?.hash == null && row?.isPruned === true
  return { seq: head.seq, matches: isGone ? null : row?.hash === head.hash }
}

async function walk(db: Database, projectId: string, start: ChainStart | undefined): Promise<Chain> {
  const first = (start?.seq ?? 0) + 1
  const erasures = new Erasures()
  let [checked, seq] = [0, 0]
  let head = start?.hash ?? genesisHash
  const bad = (first_bad: number): Chain => ({ ok: false, checked, ...erasures.found(), head, first_bad })
  for (let isEnd = false; ;) {
    // From the very first number: an entry from before the start is one that should be gone.
    const rows = await readSealed(db, projectId, seq, 1000)
    for (const row of rows) {
      const entry = auditEntryToWire(row)
      const wanted = first + checked
      const fits = entry.seq === wanted && entry.prev_hash === head && isSound(entry)
      if (!fits) return bad(Math.min(entry.seq ?? wanted, wanted))
      erasures.meet(entry)
      checked += 1
      seq = wanted
      head = entry.hash ?? head
    }
    if (rows.length > 0 || !isEnd) {
      isEnd = rows.length === 0
      // Before the chain is read on, where those are met that were sealed meanwhile.
      const unsealed = isEnd ? await listUnsealedErasures(db, projectId) : []
      for (const row of unsealed) erasures.meet(auditEntryToWire(row))
      continue
    }
    if (start && !(await isTold(db, projectId, start))) {
      ;[checked, head] = [0, start.hash]
      return bad(first)
    }
    const untold = erasures.firstUntold()
    if (untold !== undefined) return bad(untold)
    const isEmpty = checked === 0
    return { ok: true, checked, ...erasures.found(), head: isEmpty ? null : head, first_bad: null }
  }
}

const mostErasures = 100

/** The erased entries of a walk, and the entries that tell of them, which come later in the chain. */
export class Erasures {
  private readonly untold = new Map<string, number>()
  private readonly told: Verification['erasures'] = []
  private count = 0

  meet(entry: AuditEntry): void {
    if (entry.erased_at !== null) this.untold.set(entry.id, entry.seq ?? 0)
    const ids = entry.action === 'audit.erased' ? entry.detail?.entry_ids : undefined
    if (!Array.isArray(ids)) return
    const entries = ids.filter((id: string) => this.untold.delete(id)).length
    this.count += entries
    if (entries > 0) this.told.push({ at: entry.at, by: entry.actor.label ?? entry.actor.id, entries })
    if (this.told.length > mostErasures) this.told.shift()
  }

  /** The number of the first entry whose clear text is gone though nothing says why. */
  firstUntold(): number | undefined {
    return this.untold.values().next().value
  }

  found(): Pick<Verification, 'erased' | 'erasures'> {
    return { erased: this.count, erasures: this.told }
  }
}

/** Entries that tell of an erasure and are about to be sealed. */
function listUnsealedErasures(db: Database, projectId: string) {
  const { action, ordinal, seq } = auditEntries
  return db
    .select()
    .from(auditEntries)
    .where(and(eq(auditEntries.projectId, projectId), eq(action, 'audit.erased'), isNull(seq)))
    .orderBy(ordinal)
}

/** By an entry that is kept, sealed (and then walked) or about to be. */
async function isTold(db: Database, projectId: string, start: ChainStart): Promise<boolean> {
  const told = await db
    .select({ detail: auditEntries.detail })
    .from(auditEntries)
    .where(
      and(
        eq(auditEntries.projectId, projectId),
        eq(auditEntries.action, 'audit.pruned'),
        eq(auditEntries.actorType, 'system'),
      ),
    )
    .orderBy(desc(auditEntries.at), desc(auditEntries.ordinal))
    .limit(1)
  return told.some((entry) => {
    const { through_seq: seq, hash } = JSON.parse(entry.detail ?? '{}') as Record<string, unknown>
    return seq === start.seq && hash === start.hash
  })
}

export const verifyAuditVerb = verb(
  {
    summary: 'Check the chain of the audit log, approvals against it, and a published head (SEQ:HASH)',
    need: 'admin',
    query: z.strictObject({ head: PublishedHead.optional() }),
    output: Verification,
    refuses: ['too_many_searches'],
    keepsTime: true,
  },
  (ctx, { head }) =>
    walkInTurn(ctx, () => verifyAudit(searchesOf(ctx.db), ctx.project.id, head ? [head] : [])),
)
