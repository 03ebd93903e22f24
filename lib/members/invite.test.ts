import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '@/db/client'
import { findMemberByEmail, findUserByEmail, listProjectsOfUser } from '@/db/queries/members'
import { invitations, keys, sessions, users } from '@/db/schema/identity'
import { mails } from '@/db/schema/notices'
import { createToken } from '@/lib/keys/create-token'
import { openTestDatabase } from '@/lib/testing/open-database'
import { hashToken } from '@/lib/tokens'
import { acceptInvitation, findOpenInvitation } from './accept-invitation'
import { auditOf, contextOf, makeTeam, withoutAudit } from '@/lib/testing/person'
import { inviteMember } from './invite'
import { asActor } from './person'
import { removeMember } from './remove'
import { startSession } from './session'

let db: Database
let close: () => Promise<void>

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
})
afterAll(() => close())

let count = 0
const newEmail = () => `new-${++count}@example.com`
const tokenOf = (url: string) => url.split('/invite/')[1] ?? ''

async function mailedToken(email: string): Promise<string> {
  const rows = await db.select().from(mails).where(eq(mails.recipient, email))
  return /\/invite\/([\w-]+)/.exec(rows.at(-1)?.text ?? '')?.[1] ?? ''
}

describe('inviteMember', () => {
  test('keeps a member who has not joined, a mail with its job, and the audit entry', async () => {
    const { owner, project } = await makeTeam(db)
    const email = newEmail()
    const { invite_url: inviteUrl, ...member } = await inviteMember(owner, {
      email,
      role: 'reviewer',
      name: 'Newcomer',
    })
    expect(member).toMatchObject({ email, name: 'Newcomer', role: 'reviewer', joined_at: null })
    expect(inviteUrl).toMatch(/^http:\/\/localhost:3000\/invite\/copy-[\w-]{43}$/)
    expect(await listProjectsOfUser(db, member.id)).toEqual([])
    expect(await auditOf(db, project.id, 'member.invited')).toEqual([
      {
        action: 'member.invited',
        actor: owner.actor.id,
        via: 'console',
        target: member.id,
        detail: { email, role: 'reviewer', renewed: false },
      },
    ])
    const [mail] = await db.select().from(mails).where(eq(mails.recipient, email))
    expect(mail).toMatchObject({ kind: 'invitation', projectId: project.id, sentAt: null })
    expect(mail?.html).toContain(await mailedToken(email))
    const jobs = await db.execute(`select 1 from graphile_worker.jobs where task_identifier = 'send_mail'`)
    expect(jobs.length).toBeGreaterThan(0)
  })

  test('keeps no token that opens anything', async () => {
    const { owner, project } = await makeTeam(db)
    const { invite_url: inviteUrl } = await inviteMember(owner, { email: newEmail(), role: 'viewer' })
    const rows = await db.select().from(invitations).where(eq(invitations.projectId, project.id))
    expect(rows.map((row) => row.tokenHash)).toContain(hashToken(tokenOf(inviteUrl)))
    expect(JSON.stringify(rows)).not.toContain(tokenOf(inviteUrl))
  })

  test('a second time renews: the old links die, the new role counts', async () => {
    const { owner, project } = await makeTeam(db)
    const email = newEmail()
    const first = await inviteMember(owner, { email, role: 'viewer' })
    const firstMailed = await mailedToken(email)
    const second = await inviteMember(owner, { email, role: 'admin' })
    expect(second.id).toBe(first.id)
    expect(await findOpenInvitation(db, tokenOf(first.invite_url))).toBeUndefined()
    expect(await findOpenInvitation(db, firstMailed)).toBeUndefined()
    expect(await findOpenInvitation(db, tokenOf(second.invite_url))).toMatchObject({ role: 'admin' })
    const [, again] = await auditOf(db, project.id, 'member.invited')
    expect(again?.detail).toMatchObject({ renewed: true })
  })

  test('refuses weaker roles, joined members, and an owner who was demoted meanwhile', async () => {
    const { owner, admin, reviewer, viewer, join } = await makeTeam(db)
    for (const ctx of [admin, reviewer, viewer]) {
      await expect(inviteMember(ctx, { email: newEmail(), role: 'viewer' })).rejects.toMatchObject({
        code: 'forbidden',
      })
    }
    await expect(inviteMember(owner, { email: admin.actor.email, role: 'viewer' })).rejects.toMatchObject({
      code: 'conflict',
    })
    const gone = await join('owner', 'gone')
    await removeMember(owner, { id: gone.actor.id })
    const email = newEmail()
    await expect(inviteMember(gone, { email, role: 'viewer' })).rejects.toMatchObject({
      code: 'unauthenticated',
    })
    expect(await findUserByEmail(db, email)).toBeUndefined()
  })

  test('leaves no trace where the audit entry cannot be written', async () => {
    const { owner } = await makeTeam(db)
    const email = newEmail()
    await withoutAudit(db, async () => {
      await expect(inviteMember(owner, { email, role: 'viewer' })).rejects.toThrow(/audit_entries/)
    })
    expect(await findUserByEmail(db, email)).toBeUndefined()
    expect(await db.select().from(mails).where(eq(mails.recipient, email))).toEqual([])
  })

  test('does not rename a person whom another project knows', async () => {
    const { owner, reviewer } = await makeTeam(db)
    const other = await makeTeam(db)
    await inviteMember(other.owner, { email: reviewer.actor.email, role: 'viewer', name: 'Renamed' })
    const known = await findMemberByEmail(db, owner.project.id, reviewer.actor.email)
    expect(known?.name).toBeNull()
  })
})

describe('acceptInvitation', () => {
  test('makes the person a member, once, with the audit entry; both links are spent', async () => {
    const { owner, project } = await makeTeam(db)
    const email = newEmail()
    const { invite_url: inviteUrl, ...member } = await inviteMember(owner, { email, role: 'reviewer' })
    const mailed = await mailedToken(email)
    const joined = await acceptInvitation(db, mailed)
    expect(joined).toMatchObject({ user: { id: member.id }, project: { id: project.id }, needsSession: true })
    expect(await listProjectsOfUser(db, member.id)).toEqual([
      { id: project.id, slug: project.slug, name: project.name, role: 'reviewer', isArchived: false },
    ])
    const entries = await auditOf(db, project.id, 'member.joined')
    expect(entries.at(-1)).toMatchObject({
      actor: member.id,
      target: member.id,
      detail: { email, role: 'reviewer' },
    })
    for (const token of [mailed, tokenOf(inviteUrl)]) {
      await expect(acceptInvitation(db, token)).rejects.toMatchObject({ code: 'not_found' })
    }
  })

  test('of twenty at once, one joins', async () => {
    const { owner, project } = await makeTeam(db)
    const email = newEmail()
    await inviteMember(owner, { email, role: 'viewer' })
    const token = await mailedToken(email)
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => acceptInvitation(db, token)))
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1)
    const joins = await auditOf(db, project.id, 'member.joined')
    expect(joins.filter((entry) => entry.detail.email === email)).toHaveLength(1)
  })

  test('refuses what is unknown, past its days, or withdrawn', async () => {
    const { owner } = await makeTeam(db)
    await expect(acceptInvitation(db, 'copy-nothing')).rejects.toMatchObject({ code: 'not_found' })
    const late = await inviteMember(owner, { email: newEmail(), role: 'viewer' })
    await db
      .update(invitations)
      .set({ expiresAt: new Date(Date.now() - 1000) })
      .where(eq(invitations.userId, late.id))
    await expect(acceptInvitation(db, tokenOf(late.invite_url))).rejects.toMatchObject({ code: 'not_found' })
    const withdrawn = await inviteMember(owner, { email: newEmail(), role: 'viewer' })
    await removeMember(owner, { id: withdrawn.id })
    await expect(acceptInvitation(db, tokenOf(withdrawn.invite_url))).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  test('leaves no trace where the audit entry cannot be written', async () => {
    const { owner } = await makeTeam(db)
    const { invite_url: inviteUrl, ...member } = await inviteMember(owner, {
      email: newEmail(),
      role: 'viewer',
    })
    await withoutAudit(db, async () => {
      await expect(acceptInvitation(db, tokenOf(inviteUrl))).rejects.toThrow(/audit_entries/)
    })
    expect(await listProjectsOfUser(db, member.id)).toEqual([])
    expect(await findOpenInvitation(db, tokenOf(inviteUrl))).toBeDefined()
  })
})

describe('the copied link, which the inviter has seen', () => {
  test('opens an account that nobody has used', async () => {
    const { owner } = await makeTeam(db)
    const { invite_url: inviteUrl } = await inviteMember(owner, { email: newEmail(), role: 'viewer' })
    expect(await acceptInvitation(db, tokenOf(inviteUrl))).toMatchObject({ needsSession: true })
  })

  test('never signs in as somebody who is known: an owner must not become a member of other projects', async () => {
    const { owner } = await makeTeam(db)
    const other = await makeTeam(db)
    const victim = other.owner.actor
    const { invite_url: inviteUrl } = await inviteMember(owner, { email: victim.email, role: 'viewer' })
    const token = tokenOf(inviteUrl)
    await expect(acceptInvitation(db, token)).rejects.toMatchObject({ code: 'forbidden' })
    const asOther = { userId: owner.actor.id, sessionToken: owner.actor.sessionToken ?? '' }
    await expect(acceptInvitation(db, token, asOther)).rejects.toMatchObject({ code: 'forbidden' })
    const asVictim = { userId: victim.id, sessionToken: victim.sessionToken ?? '' }
    expect(await acceptInvitation(db, token, asVictim)).toMatchObject({ needsSession: false })
  })

  test('what an inviter opened in a new name ends when the mailbox is proved', async () => {
    const inviting = await makeTeam(db)
    const email = newEmail()
    const first = await inviteMember(inviting.owner, { email, role: 'viewer' })
    const stolen = await acceptInvitation(db, tokenOf(first.invite_url))
    const session = await startSession(db, stolen.user.id)
    const actor = { ...asActor(stolen.user, 'viewer'), sessionToken: hashToken(session.token) }
    const token = await createToken(contextOf(db, inviting.project, actor), { name: 'kept' })

    const other = await makeTeam(db)
    await inviteMember(other.owner, { email, role: 'reviewer' })
    await acceptInvitation(db, await mailedToken(email))
    expect(await db.select().from(sessions).where(eq(sessions.userId, stolen.user.id))).toEqual([])
    const [key] = await db.select().from(keys).where(eq(keys.id, token.id))
    expect(key?.revokedAt).toBeInstanceOf(Date)
    expect(await auditOf(db, inviting.project.id, 'key.revoked')).toHaveLength(1)
    const [user] = await db.select().from(users).where(eq(users.email, email))
    expect(user?.emailVerified).toBeInstanceOf(Date)
  })

  test('joining another project with an unproved mailbox ends every session but the one that joins', async () => {
    const first = await makeTeam(db)
    const email = newEmail()
    const invited = await inviteMember(first.owner, { email, role: 'viewer' })
    const { user } = await acceptInvitation(db, tokenOf(invited.invite_url))
    await startSession(db, user.id)
    const own = await startSession(db, user.id)
    const second = await makeTeam(db)
    const again = await inviteMember(second.owner, { email, role: 'viewer' })
    await acceptInvitation(db, tokenOf(again.invite_url), {
      userId: user.id,
      sessionToken: hashToken(own.token),
    })
    const left = await db.select().from(sessions).where(eq(sessions.userId, user.id))
    expect(left.map((row) => row.sessionToken)).toEqual([hashToken(own.token)])
  })
})
