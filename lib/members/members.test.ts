import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '@/db/client'
import { findMember, listMembers, listProjectsOfUser } from '@/db/queries/members'
import { keys } from '@/db/schema/identity'
import type { Context, MemberActor } from '@/lib/context'
import { createToken } from '@/lib/keys/create-token'
import { openTestDatabase } from '@/lib/testing/open-database'
import { addMember } from './add'
import { changeRole } from './change-role'
import { auditOf, contextOf, makeTeam, operator, withoutAudit } from '@/lib/testing/person'
import { inviteMember } from './invite'
import { readMembers } from './read'
import { removeMember } from './remove'

let db: Database
let close: () => Promise<void>

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
})
afterAll(() => close())

const roleOf = async (ctx: Context<MemberActor>) => (await findMember(db, ctx.project.id, ctx.actor.id))?.role

describe('changeRole', () => {
  test('writes role and audit entry; the same role again writes nothing', async () => {
    const { owner, viewer, project } = await makeTeam(db)
    const changed = await changeRole(owner, { id: viewer.actor.id, role: 'reviewer' })
    expect(changed).toMatchObject({ id: viewer.actor.id, role: 'reviewer' })
    await changeRole(owner, { id: viewer.actor.id, role: 'reviewer' })
    expect(await roleOf(viewer)).toBe('reviewer')
    expect(await auditOf(db, project.id, 'member.role_changed')).toEqual([
      {
        action: 'member.role_changed',
        actor: owner.actor.id,
        via: 'console',
        target: viewer.actor.id,
        detail: { email: viewer.actor.email, from: 'viewer', to: 'reviewer' },
      },
    ])
  })

  test('refuses weaker roles and agent keys, and does not find members of other projects', async () => {
    const { admin, reviewer, viewer, project } = await makeTeam(db)
    const other = await makeTeam(db)
    const key = contextOf(db, project, {
      type: 'key',
      id: 'key_x',
      label: 'k',
      scopes: ['run', 'deploy', 'read'],
      via: 'api',
    })
    for (const ctx of [admin, reviewer, viewer, key]) {
      await expect(changeRole(ctx, { id: viewer.actor.id, role: 'owner' })).rejects.toMatchObject({
        code: 'forbidden',
      })
    }
    await expect(changeRole(other.owner, { id: viewer.actor.id, role: 'owner' })).rejects.toMatchObject({
      code: 'not_found',
    })
    expect(await roleOf(viewer)).toBe('viewer')
  })

  test('refuses an owner who was demoted since the request began', async () => {
    const { owner, viewer, join } = await makeTeam(db)
    const second = await join('owner', 'second')
    await changeRole(owner, { id: second.actor.id, role: 'admin' })
    await expect(changeRole(second, { id: viewer.actor.id, role: 'admin' })).rejects.toMatchObject({
      code: 'forbidden',
    })
    expect(await roleOf(viewer)).toBe('viewer')
  })

  test('keeps the last owner, also when an invited owner has not joined', async () => {
    const { owner, project } = await makeTeam(db)
    await inviteMember(owner, { email: 'later@example.com', role: 'owner' })
    const demotion = changeRole(owner, { id: owner.actor.id, role: 'viewer' })
    await expect(demotion).rejects.toMatchObject({ code: 'conflict' })
    await expect(removeMember(owner, { id: owner.actor.id })).rejects.toMatchObject({ code: 'conflict' })
    await expect(
      removeMember(contextOf(db, project, operator), { id: owner.actor.id }),
    ).rejects.toMatchObject({ code: 'conflict' })
    expect(await roleOf(owner)).toBe('owner')
  })

  test('two owners who demote or remove each other at once: one stays, in every round', async () => {
    for (let round = 0; round < 8; round++) {
      const { owner, project, join } = await makeTeam(db)
      const second = await join('owner', 'second')
      const demote = (by: Context, whom: Context<MemberActor>) =>
        round % 2 === 0
          ? changeRole(by, { id: whom.actor.id, role: 'viewer' })
          : removeMember(by, { id: whom.actor.id })
      const outcomes = await Promise.allSettled([demote(owner, second), demote(second, owner)])
      expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1)
      const { items } = await listMembers(db, project.id)
      expect(items.filter((member) => member.role === 'owner')).toHaveLength(1)
    }
  })

  test('leaves no trace where the audit entry cannot be written', async () => {
    const { owner, viewer } = await makeTeam(db)
    await withoutAudit(db, async () => {
      await expect(changeRole(owner, { id: viewer.actor.id, role: 'admin' })).rejects.toThrow(/audit_entries/)
    })
    expect(await roleOf(viewer)).toBe('viewer')
  })
})

describe('removeMember', () => {
  test('ends membership and tokens of this project alone, with the audit entry', async () => {
    const { owner, reviewer, project } = await makeTeam(db)
    const other = await makeTeam(db)
    await addMember(other.asOperator, { email: reviewer.actor.email, role: 'viewer' })
    const here = await createToken(reviewer, { name: 'here' })
    const there = await createToken(contextOf(db, other.project, reviewer.actor), { name: 'there' })
    await removeMember(owner, { id: reviewer.actor.id })
    const joined = (await listProjectsOfUser(db, reviewer.actor.id)).map(({ slug }) => slug)
    expect(joined).toEqual([other.project.slug])
    const revoked = async (id: string) => (await db.select().from(keys).where(eq(keys.id, id)))[0]?.revokedAt
    expect(await revoked(here.id)).toBeInstanceOf(Date)
    expect(await revoked(there.id)).toBeNull()
    const [entry] = await auditOf(db, project.id, 'member.removed')
    expect(entry).toMatchObject({
      actor: owner.actor.id,
      target: reviewer.actor.id,
      detail: { email: reviewer.actor.email, role: 'reviewer', joined: true, revoked_tokens: [here.id] },
    })
  })

  test('a token made at the same moment does not outlive the removal', async () => {
    for (let round = 0; round < 10; round++) {
      const { owner, reviewer, project } = await makeTeam(db)
      await Promise.allSettled([
        createToken(reviewer, { name: 'late' }),
        removeMember(owner, { id: reviewer.actor.id }),
      ])
      const live = await db.select().from(keys).where(eq(keys.projectId, project.id))
      expect(live.filter((key) => key.revokedAt === null)).toEqual([])
    }
  })

  test('refuses weaker roles, does not find members of other projects, leaves no trace without audit', async () => {
    const { owner, admin, viewer } = await makeTeam(db)
    const other = await makeTeam(db)
    await expect(removeMember(admin, { id: viewer.actor.id })).rejects.toMatchObject({ code: 'forbidden' })
    await expect(removeMember(other.owner, { id: viewer.actor.id })).rejects.toMatchObject({
      code: 'not_found',
    })
    await withoutAudit(db, async () => {
      await expect(removeMember(owner, { id: viewer.actor.id })).rejects.toThrow(/audit_entries/)
    })
    expect(await roleOf(viewer)).toBe('viewer')
  })
})

describe('addMember', () => {
  test('joins at once, takes over an open invitation, and refuses everybody but operators', async () => {
    const { owner, project, asOperator } = await makeTeam(db)
    const member = await inviteMember(owner, { email: 'soon@example.com', role: 'viewer' })
    const added = await addMember(asOperator, { email: 'soon@example.com', role: 'admin' })
    expect(added).toMatchObject({ id: member.id, role: 'admin', joined_at: expect.any(String) as string })
    expect(await listProjectsOfUser(db, member.id)).toHaveLength(1)
    const entries = await auditOf(db, project.id, 'member.joined')
    expect(entries.at(-1)).toMatchObject({ actor: 'operator', via: 'cli', target: member.id })
    await expect(addMember(asOperator, { email: 'soon@example.com', role: 'admin' })).rejects.toMatchObject({
      code: 'conflict',
    })
    await expect(addMember(owner, { email: 'x@example.com', role: 'viewer' })).rejects.toMatchObject({
      code: 'forbidden',
    })
  })
})

describe('lists', () => {
  test('readMembers pages by e-mail, in this project alone, for members alone', async () => {
    const { viewer, project } = await makeTeam(db)
    const first = await readMembers(viewer, { limit: 3 })
    const second = await readMembers(viewer, { limit: 3, cursor: first.next_cursor ?? '' })
    expect(first.items).toHaveLength(3)
    expect(second.items).toHaveLength(1)
    expect(second.next_cursor).toBeNull()
    const emails = [...first.items, ...second.items].map((member) => member.email)
    expect(new Set(emails).size).toBe(4)
    const key = contextOf(db, project, { type: 'key', id: 'key_x', label: 'k', scopes: ['read'], via: 'api' })
    await expect(readMembers(key, { limit: 3 })).rejects.toMatchObject({ code: 'forbidden' })
    const other = await makeTeam(db)
    await expect(
      readMembers(other.viewer, { limit: 3, cursor: first.next_cursor ?? '' }),
    ).rejects.toMatchObject({
      code: 'invalid_cursor',
    })
  })
})
