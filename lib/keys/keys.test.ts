import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '@/db/client'
import { keys } from '@/db/schema/identity'
import type { Scope } from '@/lib/context'
import { newId } from '@/lib/ids'
import { auditOf, contextOf, makeTeam, operator, withoutAudit } from '@/lib/testing/person'
import { removeMember } from '@/lib/members/remove'
import { openTestDatabase } from '@/lib/testing/open-database'
import { hashToken, parseToken } from '@/lib/tokens'
import { createKey } from './create-key'
import { createToken, createTokenFor } from './create-token'
import { readKeys } from './read'
import { revokeKey } from './revoke-key'
import { CreateKeyInput, Key } from './schemas'

let db: Database
let close: () => Promise<void>

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
})
afterAll(() => close())

const run: { name: string; scopes: Scope[] } = { name: 'Order agent', scopes: ['run', 'deploy'] }
const rowOf = async (id: string) => (await db.select().from(keys).where(eq(keys.id, id)))[0]
const rowsOf = async (projectId: string) => db.select().from(keys).where(eq(keys.projectId, projectId))

describe('createKey', () => {
  test('shows the token once, keeps its hash, and writes the audit entry', async () => {
    const { admin, project } = await makeTeam(db)
    const expires_at = new Date(Date.now() + 3_600_000).toISOString()
    const { token, warnings: _, ...key } = await createKey(admin, { ...run, expires_at })
    expect(Key.strict().parse(key)).toEqual(key)
    expect(key).toMatchObject({
      kind: 'agent',
      scopes: ['run', 'deploy'],
      created_by: admin.actor.id,
      expires_at,
    })
    expect(parseToken(token)).toEqual({ kind: 'agent', prefix: key.prefix })
    const row = await rowOf(key.id)
    expect(row).toMatchObject({ tokenHash: hashToken(token), userId: null, projectId: project.id })
    expect(JSON.stringify(row)).not.toContain(token)
    const [entry] = await auditOf(db, project.id, 'key.created')
    expect(entry).toMatchObject({
      actor: admin.actor.id,
      target: key.id,
      detail: { kind: 'agent', scopes: run.scopes },
    })
    expect(JSON.stringify(entry)).not.toContain(token)
  })

  test.each<[string, Scope[] | undefined, Scope[], string[]]>([
    ['no scopes named', undefined, ['run'], []],
    ['run alone', ['run'], ['run'], []],
    ['deploy without run', ['deploy', 'read'], ['deploy', 'read'], []],
    ['run and deploy', ['deploy', 'run'], ['deploy', 'run'], ['run_and_deploy']],
  ])(
    '%s: makes what was asked for, and warns of a key that can loosen its own gate',
    async (_, scopes, kept, codes) => {
      const { admin, project } = await makeTeam(db)
      const key = await createKey(admin, { name: 'k', scopes })
      expect(key.warnings.map(({ code }) => code)).toEqual(codes)
      expect((await rowOf(key.id))?.scopes).toEqual(kept)
      expect(await auditOf(db, project.id, 'key.created')).toMatchObject([{ detail: { scopes: kept } }])
    },
  )

  test('refuses weaker roles, agent keys, a removed admin, an end in the past; without audit leaves no trace', async () => {
    const { owner, admin, reviewer, project } = await makeTeam(db)
    const agent = contextOf(db, project, {
      type: 'key',
      id: 'key_x',
      label: 'k',
      scopes: ['deploy'],
      via: 'api',
    })
    for (const ctx of [reviewer, agent])
      await expect(createKey(ctx, run)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(createKey(admin, { ...run, expires_at: '2020-01-01T00:00:00Z' })).rejects.toMatchObject({
      code: 'invalid_input',
      errors: [{ pointer: '/expires_at' }],
    })
    await withoutAudit(db, async () => {
      await expect(createKey(admin, run)).rejects.toThrow(/audit_entries/)
    })
    await removeMember(owner, { id: admin.actor.id })
    await expect(createKey(admin, run)).rejects.toMatchObject({ code: 'unauthenticated' })
    expect(await rowsOf(project.id)).toEqual([])
  })
})

describe('createToken', () => {
  test('is the member’s own, without scopes, with the audit entry', async () => {
    const { viewer, project } = await makeTeam(db)
    const { token, ...key } = await createToken(viewer, { name: 'laptop' })
    expect(key).toMatchObject({ kind: 'personal', scopes: [], expires_at: null })
    expect(parseToken(token)?.kind).toBe('personal')
    expect(await rowOf(key.id)).toMatchObject({ userId: viewer.actor.id })
    expect(await auditOf(db, project.id, 'key.created')).toMatchObject([
      { actor: viewer.actor.id, target: key.id, detail: { kind: 'personal', user_id: viewer.actor.id } },
    ])
  })

  test('an operator makes it for members who have joined, and nobody else does', async () => {
    const { admin, viewer, project } = await makeTeam(db)
    const other = await makeTeam(db)
    const asOperator = contextOf(db, project, operator)
    const made = await createTokenFor(asOperator, { name: 'ci', userId: viewer.actor.id })
    expect(await rowOf(made.id)).toMatchObject({ userId: viewer.actor.id, createdBy: 'operator' })
    const wrong = createTokenFor(asOperator, { name: 'ci', userId: other.viewer.actor.id })
    await expect(wrong).rejects.toMatchObject({ code: 'not_found' })
    await expect(createTokenFor(admin, { name: 'ci', userId: viewer.actor.id })).rejects.toMatchObject({
      code: 'forbidden',
    })
  })
})

describe('revokeKey', () => {
  test('an admin any agent key, idempotently, with one audit entry; other keys stay', async () => {
    const { owner, admin, project } = await makeTeam(db)
    const key = await createKey(owner, run)
    const kept = await createKey(owner, run)
    const first = await revokeKey(admin, { id: key.id })
    const second = await revokeKey(admin, { id: key.id })
    expect(first.revoked_at).not.toBeNull()
    expect(second.revoked_at).toBe(first.revoked_at)
    expect((await rowOf(kept.id))?.revokedAt).toBeNull()
    expect(await auditOf(db, project.id, 'key.revoked')).toMatchObject([
      { actor: admin.actor.id, target: key.id },
    ])
  })

  test('twenty at once write one audit entry', async () => {
    const { admin, project } = await makeTeam(db)
    const key = await createKey(admin, run)
    await Promise.all(Array.from({ length: 20 }, () => revokeKey(admin, { id: key.id })))
    expect(await auditOf(db, project.id, 'key.revoked')).toHaveLength(1)
  })

  test('members their own tokens; nobody else’s, nothing of other projects', async () => {
    const { owner, admin, reviewer, viewer } = await makeTeam(db)
    const other = await makeTeam(db)
    const own = await createToken(viewer, { name: 'own' })
    const agentKey = await createKey(admin, run)
    for (const ctx of [owner, admin, other.owner]) {
      await expect(revokeKey(ctx, { id: own.id })).rejects.toMatchObject({ code: 'not_found' })
    }
    // whether there is such a key is told to nobody who could not revoke it
    for (const id of [own.id, agentKey.id, newId('key')]) {
      await expect(revokeKey(reviewer, { id })).rejects.toMatchObject({ code: 'forbidden' })
    }
    await expect(revokeKey(other.admin, { id: agentKey.id })).rejects.toMatchObject({ code: 'not_found' })
    await withoutAudit(db, async () => {
      await expect(revokeKey(viewer, { id: own.id })).rejects.toThrow(/audit_entries/)
    })
    expect((await rowOf(own.id))?.revokedAt).toBeNull()
    expect(await revokeKey(viewer, { id: own.id })).toMatchObject({
      revoked_at: expect.any(String) as string,
    })
  })
})

describe('readKeys', () => {
  test('admins see agent keys and their own tokens, members their own tokens, newest first, by pages', async () => {
    const { admin, viewer } = await makeTeam(db)
    const other = await makeTeam(db)
    await createKey(other.admin, run)
    const first = await createKey(admin, run)
    const own = await createToken(admin, { name: 'mine' })
    const theirs = await createToken(viewer, { name: 'theirs' })
    const last = await createKey(admin, run)
    const ids = async (ctx: typeof admin) => (await readKeys(ctx, { limit: 50 })).items.map((key) => key.id)
    expect(await ids(admin)).toEqual([last.id, own.id, first.id])
    expect(await ids(viewer)).toEqual([theirs.id])
    const page = await readKeys(admin, { limit: 2 })
    const rest = await readKeys(admin, { limit: 2, cursor: page.next_cursor ?? '' })
    expect([...page.items, ...rest.items].map((key) => key.id)).toEqual([last.id, own.id, first.id])
    expect(rest.next_cursor).toBeNull()
    expect(JSON.stringify(page)).not.toContain('token')
  })
})

describe('CreateKeyInput', () => {
  const refused: [string, unknown][] = [
    ['no scopes at all', { name: 'x', scopes: [] }],
    ['an unknown scope', { name: 'x', scopes: ['decide'] }],
    ['a scope twice', { name: 'x', scopes: ['run', 'run'] }],
    ['a personal token with scopes', { kind: 'personal', name: 'x', scopes: ['run'] }],
    ['an empty name', { name: ' ', scopes: ['run'] }],
    ['a name of two lines', { name: 'a\nb', scopes: ['run'] }],
    ['a name of 101 characters', { name: 'a'.repeat(101), scopes: ['run'] }],
    ['an unknown field', { name: 'x', scopes: ['run'], role: 'owner' }],
    ['a time that is none', { name: 'x', scopes: ['run'], expires_at: 'tomorrow' }],
  ]
  test.each(refused)('refuses %s', (_, input) => {
    expect(CreateKeyInput.safeParse(input).success).toBe(false)
  })
  test.each([
    { name: 'x' },
    { name: 'x', scopes: ['run', 'deploy', 'read'] },
    { kind: 'personal', name: 'x', expires_at: '2030-01-01T00:00:00+01:00' },
  ])('takes %j', (input) => {
    expect(CreateKeyInput.safeParse(input).success).toBe(true)
  })
})
