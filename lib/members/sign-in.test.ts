import { and, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '@/db/client'
import { auditEntries } from '@/db/schema/audit'
import { members, sessions } from '@/db/schema/identity'
import { openTestDatabase } from '@/lib/testing/open-database'
import { joinProject, makeTeam, withoutAudit } from '@/lib/testing/person'
import { mailSignInLink } from './mail-sign-in-link'
import { signIn, type SignInWay } from './sign-in'
import { makeOperatorLink, makeSignInToken, spendSignInToken } from './sign-in-link'

let db: Database
let close: () => Promise<void>

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
})
afterAll(() => close())

const origin = { requestId: 'req-1', address: '203.0.113.9' }

const entriesOf = (projectId: string, action: string) =>
  db
    .select()
    .from(auditEntries)
    .where(and(eq(auditEntries.projectId, projectId), eq(auditEntries.action, action)))

describe('signing in', () => {
  test.each<[SignInWay, 'mail' | 'operator']>([
    ['link', 'mail'],
    ['operator_link', 'operator'],
  ])('by %s is on record', async (way, made) => {
    const { viewer, project } = await makeTeam(db)
    const session = await spendSignInToken(db, await makeSignInToken(db, viewer.actor.email, made), origin)
    expect(await entriesOf(project.id, 'session.created')).toEqual([
      expect.objectContaining({
        ...origin,
        actorType: 'user',
        actorId: viewer.actor.id,
        targetId: session.id,
        credentialId: session.id,
        detail: JSON.stringify({ email: viewer.actor.email, way }),
      }),
    ])
    expect(JSON.stringify(await entriesOf(project.id, 'session.created'))).not.toContain(session.token)
  })

  test('is on record in each project that the person has joined, and in no other', async () => {
    const { viewer, project } = await makeTeam(db)
    const [second, invited, strange] = [await makeTeam(db), await makeTeam(db), await makeTeam(db)]
    await db.insert(members).values([
      {
        projectId: second.project.id,
        userId: viewer.actor.id,
        role: 'admin',
        joinedAt: sql`clock_timestamp()`,
      },
      { projectId: invited.project.id, userId: viewer.actor.id, role: 'owner' },
    ])
    await signIn(db, viewer.actor, 'invitation', origin)
    const counts = [project, second.project, invited.project, strange.project].map(
      async ({ id }) => (await entriesOf(id, 'session.created')).length,
    )
    expect(await Promise.all(counts)).toEqual([1, 1, 0, 0])
  })

  test('without a record does not happen', async () => {
    const { viewer } = await makeTeam(db)
    const token = await makeSignInToken(db, viewer.actor.email, 'operator')
    await withoutAudit(db, () => expect(spendSignInToken(db, token, origin)).rejects.toThrow())
    expect(await db.select().from(sessions).where(eq(sessions.userId, viewer.actor.id))).toHaveLength(1)
    expect((await spendSignInToken(db, token, origin)).userId).toBe(viewer.actor.id)
  })
})

describe('a link that signs somebody in', () => {
  test('is on record where it was mailed, with who asked as far as anybody knows', async () => {
    const { project } = await makeTeam(db)
    const { actor } = await joinProject(db, project, 'reviewer', 'linked')
    const ask = { email: actor.email, appUrl: 'https://hold.example.com', returnTo: '/', origin }
    await mailSignInLink(db, ask)
    await mailSignInLink(db, { ...ask, email: 'nobody@example.com' })
    expect(await entriesOf(project.id, 'link.created')).toEqual([
      expect.objectContaining({
        ...origin,
        actorType: 'system',
        actorId: 'holdpoint',
        targetId: actor.id,
        credentialId: null,
        detail: JSON.stringify({ email: actor.email, minutes: 15, way: 'mail' }),
      }),
    ])
  })

  test('is on record where an operator made it', async () => {
    const { project, viewer } = await makeTeam(db)
    const url = await makeOperatorLink(db, 'https://hold.example.com', viewer.actor.email)
    const entries = await entriesOf(project.id, 'link.created')
    expect(entries).toEqual([
      expect.objectContaining({
        actorId: 'operator',
        via: 'cli',
        requestId: null,
        address: null,
        detail: JSON.stringify({ email: viewer.actor.email, minutes: 15, way: 'operator' }),
      }),
    ])
    expect(JSON.stringify(entries)).not.toContain(new URL(url).searchParams.get('token'))
  })
})
