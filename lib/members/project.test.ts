import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '@/db/client'
import { listProjectsOfUser } from '@/db/queries/members'
import { members, projects } from '@/db/schema/identity'
import { codeOf } from '@/lib/testing/code-of'
import { openTestDatabase } from '@/lib/testing/open-database'
import { createOwnProject, mostOwned } from './create-own-project'
import { createProject } from './create-project'
import { auditOf, contextOf, makeTeam, operator, withoutAudit } from '@/lib/testing/person'
import { CreateProjectInput } from './schemas'
import { reservedSlugs, slugsFor } from './project-slug'
import { readProject } from './read'
import { isFirstRun, setUp } from './set-up'
import { updateProject } from './update-project'

let db: Database
let close: () => Promise<void>

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
})
afterAll(() => close())

describe('slugsFor', () => {
  const cases: [string, string][] = [
    ['Acme Refunds', 'acme-refunds'],
    ['  --Ünïcödé & Söhne!! ', 'unicode-sohne'],
    ['財務', 'project'],
    ['API', 'api-2'],
    ['Sign in', 'sign-in-2'],
    ['_next', 'next'],
    ['../../etc/passwd', 'etc-passwd'],
    ['favicon.ico', 'favicon-ico'],
    ['a'.repeat(200), 'a'.repeat(48)],
  ]
  test.each(cases)('%j first tries %j', (name, slug) => {
    expect(slugsFor(name).next().value).toBe(slug)
  })

  test('never gives a reserved one', () => {
    for (const name of reservedSlugs)
      expect(reservedSlugs.has(slugsFor(name).next().value as string)).toBe(false)
  })
})

// First in this file: it needs a database in which nobody is known.
describe('setUp', () => {
  const input = { email: 'first@example.com', name: 'First', projectName: 'First project' }

  test('leaves no trace where the audit entry cannot be written', async () => {
    await withoutAudit(db, async () => {
      await expect(setUp(db, input)).rejects.toThrow(/audit_entries/)
    })
    expect(await isFirstRun(db)).toBe(true)
    expect(await db.select().from(projects)).toEqual([])
  })

  test('of ten at once, one makes the owner and the project; later ones are refused', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, (_, i) => setUp(db, { ...input, email: `first-${i}@example.com` })),
    )
    const won = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
    expect(won).toHaveLength(1)
    const { user, project } = won[0]!
    expect(await listProjectsOfUser(db, user.id)).toEqual([
      { id: project.id, slug: 'first-project', name: 'First project', role: 'owner', isArchived: false },
    ])
    expect((await auditOf(db, project.id)).map((entry) => [entry.action, entry.actor])).toEqual([
      ['project.created', user.id],
      ['member.joined', user.id],
    ])
    expect(await isFirstRun(db)).toBe(false)
    await expect(setUp(db, input)).rejects.toMatchObject({ code: 'conflict' })
  })
})

describe('createProject', () => {
  test('gives each of several of one name its own slug, with the audit entry', async () => {
    const together = await Promise.all(
      Array.from({ length: 5 }, () => createProject(db, { name: 'Same' }, operator)),
    )
    expect(together.map((project) => project.slug).sort()).toEqual([
      'same',
      'same-2',
      'same-3',
      'same-4',
      'same-5',
    ])
    const entries = await auditOf(db, together[0]!.id)
    expect(entries).toMatchObject([
      { action: 'project.created', actor: 'operator', detail: { name: 'Same' } },
    ])
  })
})

describe('createOwnProject', () => {
  const allowed = { createProjects: true }

  test('makes its maker the owner, and its log begins with it; the project it was asked from has no part in it', async () => {
    const { admin, project } = await makeTeam(db)
    const before = await auditOf(db, project.id)
    const made = await createOwnProject(admin, { name: 'Order desk', slug: 'orders' }, allowed)
    expect(made).toMatchObject({ name: 'Order desk', slug: 'orders', paused: null })
    expect(await db.select().from(members).where(eq(members.projectId, made.id))).toMatchObject([
      { userId: admin.actor.id, role: 'owner', joinedAt: expect.any(Date) },
    ])
    expect(await auditOf(db, made.id)).toMatchObject([
      { action: 'project.created', actor: admin.actor.id, detail: { name: 'Order desk', slug: 'orders' } },
      { action: 'member.joined', actor: admin.actor.id, target: admin.actor.id, detail: { role: 'owner' } },
    ])
    expect(await auditOf(db, project.id)).toEqual(before)
    expect((await createOwnProject(admin, { name: 'Order desk' }, allowed)).slug).toBe('order-desk')
  })

  test('says of an address that is taken that it is, and nothing of whose', async () => {
    const [{ admin }, other] = [await makeTeam(db), await makeTeam(db, 'Secret plans')]
    const refusal = await createOwnProject(admin, { name: 'Mine', slug: other.project.slug }, allowed).catch(
      (error: unknown) => error,
    )
    expect(refusal).toMatchObject({ code: 'conflict', errors: [{ pointer: '/slug' }] })
    expect(JSON.stringify(refusal)).not.toMatch(/secret/i)
    const wrong = ['API', 'api', 'new', 'a b', '-a', 'a'.repeat(65), '', 'ä']
    for (const slug of wrong) expect(CreateProjectInput.safeParse({ name: 'Mine', slug }).success).toBe(false)
  })

  test('is for owners and admins, where the operator lets them', async () => {
    const { owner, admin, reviewer, viewer, asOperator } = await makeTeam(db)
    const make = (ctx: Parameters<typeof createOwnProject>[0], createProjects = true) =>
      codeOf(createOwnProject(ctx, { name: 'Another' }, { createProjects }))
    const key = contextOf(db, asOperator.project, {
      type: 'key',
      id: 'key_x',
      label: 'k',
      scopes: ['deploy'],
      via: 'api',
    })
    for (const ctx of [reviewer, viewer, key, asOperator]) expect(await make(ctx)).toBe('forbidden')
    expect(await make(owner, false)).toBe('forbidden')
    expect([await make(owner), await make(admin)]).toEqual(['done', 'done'])
    // the right of now counts, not that of the request's beginning
    const { project } = admin
    await db
      .update(members)
      .set({ role: 'viewer' })
      .where(and(eq(members.userId, admin.actor.id), eq(members.projectId, project.id)))
    expect(await make(admin)).toBe('forbidden')
  })

  test('of twenty at once who own almost all that one may, as many as are left; one slug goes to one of them', async () => {
    const { owner, admin } = await makeTeam(db)
    const owned = await Promise.all(
      Array.from({ length: mostOwned - 4 }, () => createProject(db, { name: 'Many' }, operator)),
    )
    await db.insert(members).values(
      owned.map(({ id }) => ({
        projectId: id,
        userId: owner.actor.id,
        role: 'owner' as const,
        joinedAt: new Date(),
      })),
    )
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => codeOf(createOwnProject(owner, { name: 'One more' }, allowed))),
    )
    expect(outcomes.filter((one) => one === 'done')).toHaveLength(3)
    expect(outcomes.filter((one) => one === 'too_many_projects')).toHaveLength(17)
    const wanting = await Promise.all(
      Array.from({ length: 20 }, () =>
        codeOf(createOwnProject(admin, { name: 'x', slug: 'the-one' }, allowed)),
      ),
    )
    expect(wanting.filter((one) => one === 'done')).toHaveLength(1)
    expect(wanting.filter((one) => one === 'conflict')).toHaveLength(19)
  })

  test('leaves no trace where it cannot be recorded', async () => {
    const { owner } = await makeTeam(db)
    await withoutAudit(db, () => codeOf(createOwnProject(owner, { name: 'x', slug: 'no-trace' }, allowed)))
    expect(await db.select().from(projects).where(eq(projects.slug, 'no-trace'))).toEqual([])
  })
})

describe('updateProject', () => {
  test('writes what changed, before and after; nothing where nothing changes', async () => {
    const { admin, project } = await makeTeam(db)
    const changed = await updateProject(admin, {
      allow_own_request: true,
      retention_days: 90,
      name: project.name,
    })
    expect(changed).toMatchObject({ id: project.id, allow_own_request: true, retention_days: 90 })
    await updateProject(admin, { allow_own_request: true })
    expect(await updateProject(admin, { retention_days: null })).toMatchObject({ retention_days: null })
    expect(await updateProject(admin, { deploys: 'people' })).toMatchObject({ deploys: 'people' })
    expect((await auditOf(db, project.id, 'project.updated')).map((entry) => entry.detail)).toEqual([
      { changes: { allow_own_request: { from: false, to: true }, retention_days: { from: null, to: 90 } } },
      { changes: { retention_days: { from: 90, to: null } } },
      { changes: { deploys: { from: 'anyone', to: 'people' } } },
    ])
    expect(await readProject(admin)).toMatchObject({ slug: project.slug, allow_own_request: true })
  })

  test('keeps the audit log at least as long as the runs it tells of', async () => {
    const { owner, project } = await makeTeam(db)
    const codeOf = (input: Parameters<typeof updateProject>[1]) =>
      updateProject(owner, input).then(
        (changed) => [changed.retention_days, changed.audit_retention_pending?.days],
        (error: { code: string }) => error.code,
      )
    expect(await codeOf({ audit_retention_days: 190 })).toBe('invalid_input')
    expect(await codeOf({ retention_days: 190, audit_retention_days: 189 })).toBe('invalid_input')
    expect(await codeOf({ retention_days: 190, audit_retention_days: 190 })).toEqual([190, 190])
    expect(await codeOf({ retention_days: 191 })).toBe('invalid_input')
    expect(await codeOf({ retention_days: null })).toBe('invalid_input')
    expect(await codeOf({ retention_days: null, audit_retention_days: null })).toEqual([null, undefined])
    const changes = (await auditOf(db, project.id, 'project.updated')).map((entry) => entry.detail)
    expect(changes[0]).toEqual({
      changes: { retention_days: { from: null, to: 190 }, audit_retention_pending: { from: null, to: 190 } },
      effective_at: expect.stringMatching(/Z$/),
    })
    expect(changes).toHaveLength(2)
    for (const bad of [{ auditRetentionDays: 5 }, { retentionDays: 9, auditRetentionDays: 8 }])
      await expect(db.update(projects).set(bad).where(eq(projects.id, project.id))).rejects.toThrow()
  })

  test('refuses weaker roles and agent keys, leaves other projects and, without audit, this one as they were', async () => {
    const { admin, reviewer, project } = await makeTeam(db)
    const key = contextOf(db, project, {
      type: 'key',
      id: 'key_x',
      label: 'k',
      scopes: ['deploy'],
      via: 'api',
    })
    for (const ctx of [reviewer, key]) {
      await expect(updateProject(ctx, { allow_own_request: true })).rejects.toMatchObject({
        code: 'forbidden',
      })
    }
    await withoutAudit(db, async () => {
      await expect(updateProject(admin, { allow_own_request: true })).rejects.toThrow(/audit_entries/)
    })
    const other = await makeTeam(db)
    await updateProject(other.admin, { allow_own_request: true })
    const [row] = await db.select().from(projects).where(eq(projects.id, project.id))
    expect(row?.allowOwnRequest).toBe(false)
  })
})
