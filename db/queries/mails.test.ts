import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { users } from '@/db/schema/identity'
import { addMember } from '@/lib/members/add'
import { removeMember } from '@/lib/members/remove'
import { queueMail, type NewMail } from '@/lib/notices/email'
import { openTestDatabase } from '@/lib/testing/open-database'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { findMail, listMails } from './mails'

let db: Database
let close: () => Promise<void>
let one: TestProject
let other: TestProject
const ids: Record<string, string> = {}
let owner: string
let reviewer: string
let stranger: string

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
  one = await makeTestProject(db)
  other = await makeTestProject(db)
  owner = (await one.member('owner', 'owner@example.com')).actor.id
  reviewer = (await one.member('reviewer', 'reviewer@example.com')).actor.id
  stranger = (await other.member('owner', 'stranger@example.com')).actor.id
  const mails: [string, NewMail['kind'], string, TestProject | null][] = [
    ['notice', 'approval', 'reviewer@example.com', one],
    ['webhook', 'webhook', 'owner@example.com', one],
    ['invitation', 'invitation', 'invited@example.com', one],
    ['link of the owner', 'sign-in', 'owner@example.com', null],
    ['link of the reviewer', 'sign-in', 'reviewer@example.com', null],
    ['link of the stranger', 'sign-in', 'stranger@example.com', null],
    ['notice elsewhere', 'approval', 'owner@example.com', other],
    ['invitation elsewhere', 'invitation', 'owner@example.com', other],
  ]
  for (const [name, kind, recipient, of] of mails) {
    const content = { subject: name, html: name, text: name }
    const projectId = of?.project.id ?? null
    ids[name] = (await queueMail(db, { ...content, idempotencyKey: name, kind, recipient, projectId })) ?? ''
  }
})
afterAll(() => close())

/** What a person finds in the list; what they may open one by one is the same. */
async function readable(userId: string): Promise<string[]> {
  const listed = (await listMails(db, userId)).map(({ subject }) => subject).sort()
  const openable: string[] = []
  for (const [name, id] of Object.entries(ids)) if (await findMail(db, id, userId)) openable.push(name)
  expect(openable.sort()).toEqual(listed)
  return listed
}

describe('kept mails', () => {
  it('an owner reads those of their project, and links that sign in only their own', async () => {
    expect(await readable(owner)).toEqual(['invitation elsewhere', 'link of the owner', 'notice', 'webhook'])
    expect(await readable(stranger)).toEqual(['link of the stranger', 'notice elsewhere'])
  })

  it('whoever is no owner reads their own links at most', async () => {
    expect(await readable(reviewer)).toEqual(['link of the reviewer'])
    expect(await readable('usr_nobody')).toEqual([])
  })

  it('an account whose mailbox nobody proved reads no links: they would prove it', async () => {
    await db.update(users).set({ emailVerified: null }).where(eq(users.id, owner))
    expect(await readable(owner)).toEqual(['notice', 'webhook'])
  })

  it('a removed owner reads none of the project', async () => {
    const { id } = await addMember(one.system, { email: 'second@example.com', role: 'owner' })
    expect(await readable(id)).toEqual(['notice', 'webhook'])
    await removeMember(one.system, { id })
    expect(await readable(id)).toEqual([])
  })
})
