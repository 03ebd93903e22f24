import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from '@/db/client'
import { sessions, users, verificationTokens } from '@/db/schema/identity'
import { openTestDatabase } from '@/lib/testing/open-database'
import { hashToken } from '@/lib/tokens'
import { makeTeam } from '@/lib/testing/person'
import { inviteMember } from './invite'
import { findSignIn, makeOperatorLink, makeSignInToken, signInUrl, spendSignInToken } from './sign-in-link'
import { endSession, startSession } from './session'

let db: Database
let close: () => Promise<void>

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
})
afterAll(() => close())

const day = 86_400_000

test('a token shows whom it signs in without being spent, then signs in once', async () => {
  const { viewer } = await makeTeam(db)
  const token = await makeSignInToken(db, viewer.actor.email, 'mail')
  for (let i = 0; i < 3; i++) expect(await findSignIn(db, token)).toEqual({ email: viewer.actor.email })
  const session = await spendSignInToken(db, token)
  expect(session.userId).toBe(viewer.actor.id)
  expect(session.expires.getTime() - Date.now()).toBeGreaterThan(29.9 * day)
  const [row] = await db
    .select()
    .from(sessions)
    .where(eq(sessions.sessionToken, hashToken(session.token)))
  expect(row?.userId).toBe(viewer.actor.id)
  expect(await findSignIn(db, token)).toBeUndefined()
  await expect(spendSignInToken(db, token)).rejects.toMatchObject({ code: 'not_found' })
})

test('of twenty at once, one signs in', async () => {
  const { viewer } = await makeTeam(db)
  const token = await makeSignInToken(db, viewer.actor.email, 'mail')
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => spendSignInToken(db, token)))
  expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1)
})

test('after 15 minutes it opens nothing', async () => {
  const { viewer } = await makeTeam(db)
  const token = await makeSignInToken(db, viewer.actor.email, 'mail')
  const kept = eq(verificationTokens.token, hashToken(token))
  const [row] = await db.select().from(verificationTokens).where(kept)
  expect(Math.abs((row?.expires.getTime() ?? 0) - Date.now() - 15 * 60_000)).toBeLessThan(10_000)
  await db
    .update(verificationTokens)
    .set({ expires: new Date(Date.now() - 1000) })
    .where(kept)
  expect(await findSignIn(db, token)).toBeUndefined()
  await expect(spendSignInToken(db, token)).rejects.toMatchObject({ code: 'not_found' })
})

test('neither tokens of links nor of sessions are kept as they are', async () => {
  const { viewer } = await makeTeam(db)
  const token = await makeSignInToken(db, viewer.actor.email, 'mail')
  const session = await startSession(db, viewer.actor.id)
  const all = JSON.stringify([await db.select().from(verificationTokens), await db.select().from(sessions)])
  expect(all).not.toContain(token)
  expect(all).not.toContain(session.token)
})

test('a mailed link proves the mailbox and ends older sessions the first time; an operator’s does neither', async () => {
  const { owner } = await makeTeam(db)
  const member = await inviteMember(owner, { email: 'unproved@example.com', role: 'viewer' })
  const verified = async () =>
    (await db.select().from(users).where(eq(users.id, member.id)))[0]?.emailVerified
  const count = async () => (await db.select().from(sessions).where(eq(sessions.userId, member.id))).length
  await startSession(db, member.id)
  await spendSignInToken(db, await makeSignInToken(db, member.email, 'operator'))
  expect([await verified(), await count()]).toEqual([null, 2])
  await spendSignInToken(db, await makeSignInToken(db, member.email, 'mail'))
  expect(await verified()).toBeInstanceOf(Date)
  expect(await count()).toBe(1)
  await spendSignInToken(db, await makeSignInToken(db, member.email, 'mail'))
  expect(await count()).toBe(2)
})

test('an operator’s link is made for people who are known', async () => {
  const { viewer } = await makeTeam(db)
  const url = new URL(await makeOperatorLink(db, 'https://hold.example.com', viewer.actor.email))
  expect(url.origin + url.pathname).toBe('https://hold.example.com/sign-in/confirm')
  expect(await findSignIn(db, url.searchParams.get('token') ?? '')).toEqual({ email: viewer.actor.email })
  await expect(makeOperatorLink(db, 'https://x.example.com', 'nobody@example.com')).rejects.toMatchObject({
    code: 'not_found',
  })
})

test('signInUrl escapes where to go afterwards', () => {
  expect(signInUrl('http://localhost:3000', 'abc', '/demo?x=1&y=2#z')).toBe(
    'http://localhost:3000/sign-in/confirm?token=abc&return_to=%2Fdemo%3Fx%3D1%26y%3D2%23z',
  )
})

test('a session ends by its cookie’s token', async () => {
  const { viewer } = await makeTeam(db)
  const session = await startSession(db, viewer.actor.id)
  await endSession(db, session.token)
  expect(
    await db
      .select()
      .from(sessions)
      .where(eq(sessions.sessionToken, hashToken(session.token))),
  ).toEqual([])
})
