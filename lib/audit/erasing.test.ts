import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { sql, type SQL } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase, type Database } from '@/db/client'
import { decideApproval } from '@/lib/approvals/decide'
import type { Context } from '@/lib/context'
import { newId } from '@/lib/ids'
import { openTestDatabase } from '@/lib/testing/open-database'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { sealAsVersion1 } from '@/lib/testing/old-seal'
import { exportAudit } from './export'
import { recordAudit } from './record'
import { sealAudit } from './seal'
import { verifyAudit } from './verify'

let db: Database
let url: string
let close: () => Promise<void>
let test: TestProject
let admin: Context
let approvalId: string

beforeAll(async () => {
  ;({ db, url, close } = await openTestDatabase())
  test = await makeTestProject(db)
  admin = await test.member('admin')
  await sealAsVersion1(db, test.project.id)
  for (const name of ['one', 'two']) await record(name)
  await sealAsVersion1(db, test.project.id)
  approvalId = (await test.ask({ params: { wei: 10n ** 24n, 'é "quoted"': '\u202e' } })).id
  await decideApproval(await test.member('reviewer'), { id: approvalId, decision: 'reject', reason: 'No.' })
  for (const name of ['three', 'four', 'five', 'six']) await record(name)
  await sealAudit(db)
})
afterAll(() => close())

/** Something about an order, by somebody at an address. */
async function record(order: string): Promise<void> {
  const origin = { requestId: `req_${order}`, address: '192.0.2.7' }
  await recordAudit(
    db,
    { ...test.system, origin },
    {
      action: 'webhook.tested',
      target: { type: 'webhook', id: `order_${order}`, label: `Order ${order}` },
      detail: { order, of: 'Ann' },
    },
  )
}

/** The one entry about it. */
const of = (order: string) => sql`target_id = ${`order_${order}`}`
async function seqOf(order: string): Promise<number> {
  const [row] = await db.execute<{ seq: string }>(sql`select seq from audit_entries where ${of(order)}`)
  return Number(row?.seq)
}
const inProject = () => sql`project_id = ${test.project.id}`
const clear = sql`actor_label = null, target_label = null, detail = null, address = null, salt = null`

/** Erases by SQL as the guard wants it. */
const erase =
  (where: SQL, told = true) =>
  async (tx: Database) => {
    const ids = (await tx.execute<{ id: string }>(sql`select id from audit_entries where ${where}`)).map(
      ({ id }) => id,
    )
    await mark(tx, ids)
    await tx.execute(sql`update audit_entries e set ${clear}, erased_at = x.at from audit_erasures x
    where e.id = any(x.entry_ids) and x.transaction_id = pg_current_xact_id() and (${where})`)
    if (told)
      await recordAudit(tx, test.system, {
        action: 'audit.erased',
        target: { type: 'project', id: test.project.id, label: test.project.name },
        detail: { entry_ids: ids, reason: 'She asked.' },
      })
  }

const mark = (tx: Database, ids: string[]) =>
  tx.execute(sql`insert into audit_erasures (id, project_id, entry_ids, reason, by)
    values (${newId('audit')}, ${test.project.id}, ${`{${ids.join()}}`}::text[], 'She asked.', 'usr_1')`)

/** Does something, looks, and undoes it. */
async function tried<T>(work: ((tx: Database) => Promise<unknown>)[], look: (tx: Database) => Promise<T>) {
  let seen: T | undefined
  const undo = new Error('undo')
  await db
    .transaction(async (transaction) => {
      const tx = transaction as unknown as Database
      for (const one of work) await one(tx)
      seen = await look(tx)
      throw undo
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error
    })
  return seen as T
}

/** What a hand with the rights of the tables' owner does. */
const byForce = (statement: SQL) => async (tx: Database) => {
  await tx.execute(sql`alter table audit_entries disable trigger user`)
  await tx.execute(sql`alter table audit_entries drop constraint audit_entries_clear_text`)
  await tx.execute(statement)
  await tx.execute(sql`alter table audit_entries enable always trigger audit_entries_append_only`)
}

async function textOf(stream: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const line of stream) text += line
  return text
}

/** What both verifiers say. */
async function judge(tx: Database) {
  const ctx = { ...admin, db: tx }
  const text = await textOf(await exportAudit(ctx, { format: 'ndjson' }))
  const found = await verifyAudit(tx, test.project.id)
  return { found, text, offline: await offline(text) }
}

async function offline(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'holdpoint-audit-'))
  const file = join(folder, 'audit.ndjson')
  await writeFile(file, text)
  const run = promisify(execFile)(process.execPath, ['docs/verify-audit.mjs', file])
  return run
    .then(
      ({ stdout }) => stdout,
      (error: { stderr: string }) => `Refused. ${error.stderr}`,
    )
    .finally(() => rm(folder, { recursive: true }))
}

const versions = (tx: Database) =>
  tx.execute(sql`
    select coalesce(version, 1) as v, count(*)::int from audit_entries where ${inProject()} group by 1 order by 1`)

describe('a chain of both versions', () => {
  it('is sound for the server and for the script', async () => {
    expect(await versions(db)).toMatchObject([{ v: 1 }, { v: 2 }])
    const { found, offline: said, text } = await tried([], judge)
    expect(found).toMatchObject({ ok: true, first_bad: null, erased: 0, erasures: [] })
    expect(found.summary).toBe(`${found.checked} entries, all sound.`)
    expect(said).toBe(`${found.summary}\nHead ${found.checked}:${found.head}\n`)
    const lines = text.trim().split('\n')
    expect(lines[0]).not.toContain('"v":')
    const last = JSON.parse(lines.at(-1) ?? '') as Record<string, object>
    expect(last).toMatchObject({ v: 2, salt: expect.stringMatching(/^[0-9a-f]{32}$/) })
    expect(Object.keys(last.actor ?? {})).toEqual(['commitment', 'id', 'label', 'type'])
  })

  it('is not proven by an export without an entry', async () => {
    expect(await offline('')).toBe('Refused. The export holds no entry, so it proves nothing.\n')
  })

  it('is sound where entries were erased, and says how many, when and by whom', async () => {
    const erasing = [erase(of('three')), erase(sql`${of('four')} or target_id = ${approvalId}`)]
    const { found, offline: said, text } = await tried(erasing, judge)
    const day = new Date().toISOString().slice(0, 10)
    const by = test.system.actor.label
    expect(found).toMatchObject({ ok: true, erased: 3, erasures: [{ entries: 1 }, { entries: 2 }] })
    expect(found.summary).toBe(
      `${found.checked} entries, all sound; 1 erased on ${day} by ${by}; 2 erased on ${day} by ${by}.`,
    )
    expect(said).toBe(`${found.summary}\nHead ${found.checked}:${found.head}\n`)
    expect(text).not.toMatch(/Order (three|four)/)
    expect(text).toContain('Order five')
  })

  it('counts an erasure before the entry that tells of it is sealed', async () => {
    const found = await tried([erase(of('three'))], (tx) => verifyAudit(tx, test.project.id))
    expect(found).toMatchObject({ ok: true, erased: 1 })
  })

  const set = (what: SQL, order: string) => byForce(sql`update audit_entries set ${what} where ${of(order)}`)
  const swap = (one: string, two: string) => async (tx: Database) => {
    const [a, b] = [await seqOf(one), await seqOf(two)]
    await byForce(sql`update audit_entries set seq = -1 where ${of(one)}`)(tx)
    await tx.execute(sql`alter table audit_entries disable trigger user`)
    await tx.execute(sql`update audit_entries set seq = ${a} where ${of(two)}`)
    await tx.execute(sql`update audit_entries set seq = ${b} where ${of(one)}`)
  }
  const other = 'f'.repeat(64)
  const committed = (text: string) =>
    sql`encode(sha256(decode(salt, 'hex') || '\\x00' || ${text}::bytea), 'hex')`
  // prettier-ignore
  it.each<[string, string, ((tx: Database) => Promise<unknown>)[]]>([
    ['who did it', 'three', [set(sql`actor_label = 'Bo'`, 'three')]],
    ['to what', 'three', [set(sql`target_label = 'Bo'`, 'three')]],
    ['the detail', 'three', [set(sql`detail = '{"order":"three","of":"Bo"}'`, 'three')]],
    ['the address', 'three', [set(sql`address = '192.0.2.8'`, 'three')]],
    ['the address, left out', 'three', [set(sql`address = null`, 'three')]],
    ['the address, left out with its commitment', 'three', [set(sql`address = null, address_commitment = null`, 'three')]],
    ['the action', 'three', [set(sql`action = 'webhook.created'`, 'three')]],
    ['the clear text of an old entry', 'one', [set(sql`target_label = 'Bo'`, 'one')]],
    ['the salt', 'three', [set(sql`salt = ${'0'.repeat(32)}`, 'three')]],
    ['the salt, left out', 'three', [set(sql`salt = null`, 'three')]],
    ['the salt, not in hex', 'three', [set(sql`salt = ''`, 'three')]],
    ['a commitment', 'three', [set(sql`actor_commitment = ${other}`, 'three')]],
    ['a commitment, left out', 'three', [set(sql`detail_commitment = null`, 'three')]],
    ['text and commitment alike', 'three', [set(sql`target_label = 'Bo', target_commitment = ${committed('Bo')}`, 'three')]],
    ['the version, to the old one', 'three', [set(sql`version = null`, 'three')]],
    ['the version, to one of tomorrow', 'three', [set(sql`version = 3`, 'three')]],
    ['the version of an old entry', 'one', [set(sql`version = 2`, 'one')]],
    ['an old entry, called erased', 'one', [set(sql`erased_at = now()`, 'one')]],
    ['an entry, deleted', 'three', [byForce(sql`delete from audit_entries where ${of('three')}`)]],
    ['an old entry, deleted', 'one', [byForce(sql`delete from audit_entries where ${of('one')}`)]],
    ['the order', 'three', [swap('three', 'five')]],
    ['what was erased with nothing that tells of it', 'three', [erase(of('three'), false)]],
    ['what was erased by hand', 'three', [set(sql`${clear}, erased_at = now()`, 'three')]],
    ['an erased entry’s commitment', 'three', [erase(of('three')), set(sql`actor_commitment = ${other}`, 'three')]],
    ['text put into an erased entry', 'three', [erase(of('three')), set(sql`actor_label = 'Bo'`, 'three')]],
    ['an erased entry, made up again', 'three', [
      erase(of('three')),
      set(sql`erased_at = null, actor_label = 'Bo', target_label = 'Bo', detail = '{}', salt = ${'0'.repeat(32)}`, 'three'),
    ]],
  ])('finds it where somebody changed %s', async (_, order, changes) => {
    const seq = await seqOf(order)
    const { found, offline: said } = await tried(changes, judge)
    expect(found).toMatchObject({ ok: false, first_bad: seq })
    expect(said).toMatch(/^Refused\. (Line \d+ is not sound|What entry \d+ said is gone)/)
  })
})

describe('the guard', () => {
  const idsOf = async (tx: Database, where: SQL) =>
    (await tx.execute<{ id: string }>(sql`select id from audit_entries where ${where}`)).map(({ id }) => id)
  const marked = (where: SQL) => async (tx: Database) => mark(tx, await idsOf(tx, where))
  const tellers = () => sql`action = 'audit.erased'`
  const run = (statement: SQL) => (tx: Database) => tx.execute(statement)
  const erasing = (where: SQL, more = sql``) =>
    run(sql`update audit_entries e set ${clear}, erased_at = x.at ${more} from audit_erasures x
      where x.transaction_id = pg_current_xact_id() and (${where})`)

  // prettier-ignore
  it.each<[string, ((tx: Database) => Promise<unknown>)[], RegExp]>([
    ['without a row of audit_erasures', [run(sql`update audit_entries set ${clear}, erased_at = now() where ${of('three')}`)], /append-only/],
    ['that the row does not name', [marked(of('four')), erasing(of('three'))], /append-only/],
    ['of another time than the row’s', [marked(of('three')), erasing(of('three'), sql`+ interval '1 second'`)], /append-only/],
    ['in part', [marked(of('three')), run(sql`update audit_entries set detail = null where ${of('three')}`)], /append-only/],
    ['with its commitments', [marked(of('three')), erasing(of('three'), sql`, actor_commitment = null`)], /append-only/],
    ['with its hash', [marked(of('three')), erasing(of('three'), sql`, hash = 'x'`)], /append-only/],
    ['and rewritten', [marked(of('three')), erasing(of('three'), sql`, action = 'x'`)], /append-only/],
    ['of version 1', [marked(of('one')), erasing(of('one'))], /append-only/],
    ['twice', [erase(of('three')), marked(of('three')), erasing(of('three'))], /append-only/],
    ['that tells of an erasure', [erase(of('three')), sealAudit, marked(tellers()), erasing(tellers())], /append-only/],
    ['that is not sealed yet', [(tx) => recordAudit(tx, test.system, { action: 'webhook.tested', target: { type: 'webhook', id: 'order_new', label: 'x' }, detail: {} }), marked(of('new')), erasing(of('new'))], /append-only/],
    ['and its row changed', [erase(of('three')), run(sql`update audit_erasures set reason = 'x'`)], /append-only/],
    ['and its row deleted', [erase(of('three')), run(sql`delete from audit_erasures`)], /append-only/],
    ['and its table emptied', [run(sql`truncate audit_erasures`)], /append-only/],
    ['before it was ever written', [run(sql`insert into audit_entries (id, project_id, at, action, actor_type, actor_id, via, target_type, target_id) values ('aud_x', 'prj_x', now(), 'x', 'x', 'x', 'x', 'x', 'x')`)], /audit_entries_clear_text/],
  ])('erases no entry %s', async (_, work, refusal) => {
    const error = await tried(work, () => Promise.resolve()).then(
      () => undefined,
      (caught: { cause?: Error }) => caught.cause,
    )
    expect(error?.message ?? 'done').toMatch(refusal)
  })

  it('seals no entry of version 2 without its salt or a commitment', async () => {
    const whole = { salt: '0', actor_commitment: '1', target_commitment: '2', detail_commitment: '3' }
    const seal = (columns: Record<string, string>) => async (tx: Database) => {
      await recordAudit(tx, test.system, {
        action: 'webhook.tested',
        target: { type: 'webhook', id: 'order_new', label: 'x' },
        detail: {},
      })
      const sets = Object.entries(columns).map(([name, value]) => sql`${sql.raw(name)} = ${value}`)
      await tx.execute(sql`update audit_entries set seq = 999, prev_hash = 'a', hash = 'b', version = 2,
        ${sql.join(sets, sql`, `)} where ${of('new')}`)
    }
    await tried([seal(whole)], () => Promise.resolve())
    for (const name of Object.keys(whole)) {
      const { [name as keyof typeof whole]: _, ...rest } = whole
      await expect(tried([seal(rest)], () => Promise.resolve())).rejects.toMatchObject({
        cause: { message: expect.stringContaining('all of its commitments') as string },
      })
    }
  })
})

describe('while entries are erased', () => {
  it('the chain is sound, at whichever moment of its walk the sealer comes', async () => {
    // Statements of one connection go in turn, so each round seals one statement later.
    const { db: one, close: closeOne } = openDatabase(url, 1)
    const moments = Array.from({ length: 8 }, (_, at) => at)
    for (const at of moments) await record(`moment_${at}`)
    await sealAudit(db)
    const found: boolean[] = []
    for (const at of moments) {
      await db.transaction((tx) => erase(of(`moment_${at}`))(tx as unknown as Database))
      const verified = verifyAudit(one, test.project.id)
      for (let i = 0; i < at; i++) await one.execute(sql`select`)
      await sealAudit(one)
      found.push((await verified).ok)
    }
    await closeOne()
    expect(found).toEqual(moments.map(() => true))
  })

  it('an export of them has the entry that tells of it', async () => {
    await record('exported')
    const stream = await exportAudit(admin, { format: 'ndjson' })
    await db.transaction((tx) => erase(of('exported'))(tx as unknown as Database))
    expect(await offline(await textOf(stream))).toContain('all sound')
  })
})
