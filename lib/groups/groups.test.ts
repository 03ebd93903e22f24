import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { auditEntries } from '@/db/schema/audit'
import { groupMembers, groups } from '@/db/schema/people'
import { clearAbsence, setAbsence } from '@/lib/absences/set'
import { deployAgent } from '@/lib/agents/deploy'
import { cancelApproval } from '@/lib/approvals/cancel'
import type { AuditAction } from '@/lib/audit/actions'
import { readMember } from '@/lib/members/read'
import { removeMember } from '@/lib/members/remove'
import { openTestDatabase } from '@/lib/testing/open-database'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { createGroup } from './create'
import { deleteGroup } from './delete'
import { addGroupMember, removeGroupMember } from './members'
import { readGroup, readGroups } from './read'
import { updateGroup } from './update'

let db: Database
let close: () => Promise<void>
let test: TestProject
let admin: Awaited<ReturnType<TestProject['member']>>

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
})
afterAll(() => close())
beforeEach(async () => {
  test = await makeTestProject(db)
  admin = await test.member('admin')
})

const entries = async (action: AuditAction) =>
  (
    await db
      .select({ detail: auditEntries.detail, actor: auditEntries.actorId })
      .from(auditEntries)
      .where(and(eq(auditEntries.projectId, test.project.id), eq(auditEntries.action, action)))
  ).map(({ detail, actor }) => ({ ...(JSON.parse(detail ?? '{}') as object), actor }))
const refused = (code: string) => expect.objectContaining({ code }) as Error

describe('groups', () => {
  it('are made, filled, renamed and deleted by admins, each on record', async () => {
    const [bea, ann] = [
      await test.member('reviewer', 'bea@example.com'),
      await test.member('viewer', 'ann@example.com'),
    ]
    const { id } = await createGroup(admin, { slug: 'finance', name: 'Finance' })
    await addGroupMember(admin, { id, user_id: bea.actor.id })
    const filled = await addGroupMember(admin, { id, user_id: ann.actor.id })
    expect(filled).toMatchObject({
      id,
      slug: 'finance',
      name: 'Finance',
      source: 'holdpoint',
      members: [
        { id: ann.actor.id, email: 'ann@example.com' },
        { id: bea.actor.id, email: 'bea@example.com' },
      ],
    })
    expect(await addGroupMember(admin, { id, user_id: ann.actor.id })).toEqual(filled)
    expect((await updateGroup(admin, { id, slug: 'money' })).slug).toBe('money')
    expect(await readGroups(bea, { limit: 50 })).toMatchObject({
      items: [{ slug: 'money' }],
      next_cursor: null,
    })
    expect((await removeGroupMember(admin, { id, user_id: ann.actor.id })).members).toHaveLength(1)
    await removeMember(await test.member('owner'), { id: bea.actor.id })
    expect((await readGroup(ann, { id })).members).toEqual([])
    await deleteGroup(admin, { id })
    await expect(readGroup(ann, { id })).rejects.toEqual(refused('not_found'))
    expect(await entries('group.created')).toEqual([
      { slug: 'finance', name: 'Finance', actor: admin.actor.id },
    ])
    expect(await entries('group.member_added')).toHaveLength(2)
    expect(await entries('group.member_removed')).toHaveLength(1)
    expect(await entries('group.updated')).toMatchObject([{ former: { slug: 'finance' } }])
    expect(await entries('group.deleted')).toMatchObject([{ slug: 'money' }])
  })

  it('are of one project, and not for who is less than an admin or no member', async () => {
    const other = await makeTestProject(db)
    const theirs = await other.member('admin')
    const { id } = await createGroup(theirs, { slug: 'finance' })
    const me = { id, user_id: admin.actor.id }
    for (const trying of [
      () => readGroup(admin, { id }),
      () => updateGroup(admin, { id, name: 'Mine' }),
      () => deleteGroup(admin, { id }),
      () => addGroupMember(admin, me),
      () => removeGroupMember(admin, me),
      // theirs, and nobody of theirs
      () => addGroupMember(theirs, me),
    ])
      await expect(trying()).rejects.toEqual(refused('not_found'))
    const reviewer = await test.member('reviewer')
    for (const weak of [reviewer, test.agent])
      await expect(createGroup(weak, { slug: 'mine' })).rejects.toEqual(refused('forbidden'))
    await expect(addGroupMember(reviewer, me)).rejects.toEqual(refused('forbidden'))
    expect(await db.select().from(groups).where(eq(groups.projectId, test.project.id))).toEqual([])
    expect(await db.select().from(groupMembers).where(eq(groupMembers.groupId, id))).toEqual([])
  })

  it('of one slug are one, of twenty at once too', async () => {
    const made = await Promise.allSettled(
      Array.from({ length: 20 }, () => createGroup(admin, { slug: 'finance' })),
    )
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const { id } = await createGroup(admin, { slug: 'leads' })
    await expect(updateGroup(admin, { id, slug: 'finance' })).rejects.toEqual(refused('conflict'))
  })

  it('stay while a policy in force or what is pending names them', async () => {
    const { id } = await createGroup(admin, { slug: 'finance' })
    const named = 'approval:\n  tools:\n    - gated:\n        reviewers: [finance]\n'
    await deployAgent(test.agent, { name: 'payer', config: named })
    const asked = await test.ask({ agent: 'payer' })
    await expect(deleteGroup(admin, { id })).rejects.toMatchObject({
      code: 'group_in_use',
      members: { agents: ['payer'] },
    })
    // a comment is no name
    const without = '# finance\napproval:\n  tools:\n    - gated\n'
    await deployAgent(test.agent, { name: 'payer', config: without })
    await expect(updateGroup(admin, { id, slug: 'money' })).rejects.toEqual(refused('group_in_use'))
    await cancelApproval(test.agent, { id: asked.id })
    await deleteGroup(admin, { id })
  })
})

describe('absences', () => {
  const from = '2030-08-01T00:00:00Z'
  const until = '2030-08-15T00:00:00Z'

  it('are said by the member or an owner, one at a time, and seen by everybody', async () => {
    const owner = await test.member('owner')
    const [ben, eva] = [await test.member('reviewer'), await test.member('reviewer')]
    const { id } = ben.actor
    await setAbsence(ben, { id, from, until })
    const second = await setAbsence(owner, { id, from, until, delegate_id: eva.actor.id, note: 'Sea' })
    expect(second).toMatchObject({ from: '2030-08-01T00:00:00.000Z', delegate_id: eva.actor.id, note: 'Sea' })
    expect((await readMember(eva, { id })).absence).toEqual(second)
    await clearAbsence(ben, { id })
    expect((await readMember(eva, { id })).absence).toBeNull()
    await expect(clearAbsence(ben, { id })).rejects.toEqual(refused('not_found'))
    expect(await entries('member.absence_set')).toHaveLength(2)
    expect(await entries('member.absence_cleared')).toHaveLength(1)
  })

  it('are refused to others, and where they are over or nobody could sit in', async () => {
    const [ben, viewer] = [await test.member('reviewer'), await test.member('viewer')]
    const stranger = await (await makeTestProject(db)).member('reviewer')
    const { id } = ben.actor
    await expect(setAbsence(admin, { id, from, until })).rejects.toEqual(refused('forbidden'))
    await expect(clearAbsence(admin, { id })).rejects.toEqual(refused('forbidden'))
    const owner = await test.member('owner')
    await expect(setAbsence(owner, { id: stranger.actor.id, from, until })).rejects.toEqual(
      refused('not_found'),
    )
    for (const delegate of [ben, viewer, stranger])
      await expect(
        setAbsence(ben, { id, from, until, delegate_id: delegate.actor.id }),
      ).rejects.toMatchObject({ errors: [{ pointer: '/delegate_id' }] })
    await expect(
      setAbsence(ben, { id, from: '2020-01-01T00:00:00Z', until: '2020-01-02T00:00:00Z' }),
    ).rejects.toMatchObject({ errors: [{ pointer: '/until' }] })
  })
})
