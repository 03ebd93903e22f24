import { setTimeout as pause } from 'node:timers/promises'
import { and, asc, eq, getTableColumns, sql } from 'drizzle-orm'
import type { Database, Transaction } from '@/db/client'
import { isOneOf } from '@/db/one-of'
import type { AuditRecord } from '@/db/queries/audit'
import { bytesOf, ifWithin, isWithinBytes } from '@/db/queries/bounded'
import { isNotAside, isNowhereAside } from '@/db/queries/set-aside'
import { auditEntries } from '@/db/schema/audit'
import { AppError } from '@/lib/errors'
import { isMoreDue, upToBytes, workInTurns, type Task } from '@/lib/work/in-turns'
import { auditEntryToWire, commit, genesisHash, hashOfEntry } from './chain'

const sealLock = 7_340_215
const most = { entries: 500, bytes: 4 << 20 }
/** So many of the oldest are looked at, for a batch that takes of each project in turn. */
const lookedAt = 20_000

/**
 * Numbers and chains what was written since the last time, in order of writing, project by project. Projects have
 * their turns; an entry that cannot be sealed is set aside, and the chain goes on without it. One at a time over all
 * processes (a transaction-level advisory lock); others return at once. Each gets a salt and commitments to its clear
 * text, which its hash covers in its place: so it can forget that text, and the chain still proves the rest.
 * @returns how many entries were sealed
 */
export async function sealAudit(db: Database): Promise<number> {
  for (let sealed = 0; ;) {
    const { done, isMore } = await sealRound(db)
    sealed += done
    if (!isMore) return sealed
  }
}

/**
 * Returns once all that was written of the project has its number, but for what is set aside: seals, or waits for who
 * does.
 * @throws AppError `unavailable` with Retry-After where that takes too long
 */
export async function sealWritten(db: Database, projectId: string, withinMs = 5000): Promise<void> {
  const last = await findLastUnsealed(db, projectId)
  if (last === undefined) return
  for (const begun = performance.now(); ;) {
    await sealRound(db)
    if (!(await isToBeSealed(db, last))) return
    if (performance.now() - begun > withinMs) throw notSealedYet()
    await pause(50)
  }
}

function notSealedYet(): AppError {
  const detail =
    'The log has entries that are not sealed yet, which an export would lack; nothing was exported. Try again in a moment; if this stays, the operator has to see why nothing is sealed.'
  return new AppError('unavailable', detail, { headers: { 'Retry-After': '5' } })
}

async function sealRound(db: Database): Promise<{ done: number; isMore: boolean }> {
  const listed = await listUnsealed(db)
  if (listed.length === 0) return { done: 0, isMore: false }
  const entries = upToBytes(listed, most.bytes)
  const round = await workInTurns(db, 'seal', entries, (some) => seal(db, some))
  const isCut = entries.length < listed.length
  const isMore = isMoreDue(round, entries.length, isCut ? entries.length : most.entries)
  return { done: round.done, isMore }
}

const toBeSealed = sql`u.seq is null and ${isNowhereAside('seal', sql`u.id`)}`

/** A project's entries are sealed in their order, so once this one is, all before it are. */
async function findLastUnsealed(db: Database, projectId: string): Promise<string | undefined> {
  const [row] = await db.execute<{ id: string }>(sql`
    select u.id from audit_entries u where u.project_id = ${projectId} and ${toBeSealed}
    order by u.ordinal desc limit 1`)
  return row?.id
}

async function isToBeSealed(db: Database, id: string): Promise<boolean> {
  return (await db.execute(sql`select from audit_entries u where u.id = ${id} and ${toBeSealed}`)).length > 0
}

/** Of the entries without a number, the first of each project, then the second, and so on. */
async function listUnsealed(db: Database): Promise<(Task & { bytes: number })[]> {
  const rows = await db.execute<Task & { bytes: number }>(sql`
    select t.id, t.project_id as "projectId", octet_length(e.detail) as bytes, exists (
      select from set_aside s where s.kind = 'seal' and s.subject_id = t.id) as "isAgain"
    from (
      select id, project_id, ordinal, row_number() over (partition by project_id order by ordinal) as turn
      from (
        select u.id, u.project_id, u.ordinal from audit_entries u
        where u.seq is null and ${isNotAside('seal', sql`u.id`)} order by u.ordinal limit ${lookedAt}
      ) oldest
      order by turn, ordinal limit ${most.entries}
    ) t cross join lateral (select detail from audit_entries d where d.id = t.id) e
    order by t.turn, t.ordinal`)
  return [...rows]
}

async function seal(db: Database, entries: Task[]): Promise<string[]> {
  const ids = entries.map((entry) => entry.id)
  return db.transaction(async (tx) => {
    const [lock] = await tx.execute<{ held: boolean }>(
      sql`select pg_try_advisory_xact_lock(${sealLock}) as held`,
    )
    if (!lock?.held) return []
    const unsealed = await tx
      .select()
      .from(auditEntries)
      // `is true` keeps the planner from walking all that is unsealed, to look for each among the ids.
      .where(sql`${isOneOf(auditEntries.id, ids)} and (${auditEntries.seq} is null) is true`)
      .orderBy(asc(auditEntries.ordinal))
    const heads = await readHeads(tx, [...new Set(unsealed.map((row) => row.projectId))])
    const seals = unsealed.map((row) => sealOne(row, heads))
    if (seals.length > 0) {
      await tx.execute(sql`
        update audit_entries e set seq = s.seq, version = s.v, salt = s.salt, actor_commitment = s.actor,
          target_commitment = s.target, detail_commitment = s.detail, address_commitment = s.address,
          prev_hash = s.prev_hash, hash = s.hash
        from json_to_recordset(${JSON.stringify(seals)}::text::json) as s(id text, seq bigint, v smallint, salt text,
          actor text, target text, detail text, address text, prev_hash text, hash text)
        where e.id = s.id`)
    }
    return seals.map((one) => one.id)
  })
}

type Head = { seq: number; hash: string }

/** Where each project's chain ends: at its last sealed entry, or where all of those were pruned, at the last pruned. */
async function readHeads(tx: Transaction, projectIds: string[]): Promise<Map<string, Head>> {
  if (projectIds.length === 0) return new Map()
  const rows = await tx.execute<{ projectId: string; seq: string; hash: string }>(sql`
    select p.id as "projectId", coalesce(kept.seq, pruned.seq) as seq, coalesce(kept.hash, pruned.hash) as hash
    from json_array_elements_text(${JSON.stringify(projectIds)}::text::json) as p(id)
      left join lateral (
        select seq, hash from audit_entries e where e.project_id = p.id and e.seq is not null order by e.seq desc limit 1
      ) kept on true
      left join lateral (
        select through_seq as seq, hash from audit_prunings r where r.project_id = p.id order by through_seq desc limit 1
      ) pruned on true
    where coalesce(kept.seq, pruned.seq) is not null`)
  return new Map(rows.map((row) => [row.projectId, { seq: Number(row.seq), hash: row.hash }]))
}

function sealOne(row: AuditRecord, heads: Map<string, Head>) {
  const head = heads.get(row.projectId) ?? { seq: 0, hash: genesisHash }
  const seq = head.seq + 1
  const entry = commit({ ...auditEntryToWire(row), seq, prev_hash: head.hash })
  const hash = hashOfEntry(entry)
  heads.set(row.projectId, { seq, hash })
  const { id, v, salt, actor, target, prev_hash } = entry
  return {
    ...{ id, seq, v, salt, prev_hash, hash },
    actor: actor.commitment,
    target: target.commitment,
    detail: entry.detail_commitment,
    address: entry.address_commitment,
  }
}

/**
 * Rows of one project in the order of the chain, from after `seq`, as many as the bytes of a page allow; for
 * verifying and exporting.
 */
export async function readSealed(
  db: Database,
  projectId: string,
  afterSeq: number,
  limit: number,
): Promise<AuditRecord[]> {
  const { seq, detail } = auditEntries
  const isWithin = isWithinBytes([bytesOf(detail)], sql`${seq}`)
  const rows = await db
    .select({ ...getTableColumns(auditEntries), detail: ifWithin(isWithin, detail), isWithin })
    .from(auditEntries)
    .where(and(eq(auditEntries.projectId, projectId), sql`${seq} > ${afterSeq}`))
    .orderBy(asc(seq))
    .limit(limit)
  return rows.flatMap(({ isWithin: isRead, ...row }) => (isRead ? [row] : []))
}
