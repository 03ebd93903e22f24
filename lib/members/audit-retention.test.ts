import { and, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '@/db/client'
import { projects } from '@/db/schema/identity'
import { mails, notices } from '@/db/schema/notices'
import { applyDuePeriods } from '@/lib/retention/audit-period'
import { setAuditFloor } from '@/lib/retention/floor'
import { keepAuditFor } from '@/lib/testing/audit-retention'
import { openTestDatabase } from '@/lib/testing/open-database'
import { auditOf, makeTeam, withoutAudit } from '@/lib/testing/person'
import { readProject } from './read'
import { updateProject } from './update-project'

let db: Database
let close: () => Promise<void>

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
})
afterAll(() => close())

const day = 86_400_000

/** As if an announced period's time of notice were over. */
async function letNoticePass(projectId: string): Promise<void> {
  await db.execute(sql`alter table projects disable trigger user`)
  await db
    .update(projects)
    .set({ auditRetentionNextAt: sql`clock_timestamp()` })
    .where(eq(projects.id, projectId))
  await db.execute(sql`alter table projects enable always trigger projects_guard_audit_retention`)
}

async function teamThatKeepsRuns(days = 30) {
  const team = await makeTeam(db)
  await updateProject(team.admin, { retention_days: days })
  return team
}

describe('how long the audit log is kept', () => {
  test('is for owners alone to say', async () => {
    const { admin, owner } = await teamThatKeepsRuns()
    await expect(updateProject(admin, { audit_retention_days: 365 })).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('owner') as string,
    })
    await updateProject(owner, { audit_retention_days: 365 })
    const same = await updateProject(admin, { audit_retention_days: 365, name: 'Still theirs' })
    expect(same).toMatchObject({ name: 'Still theirs', audit_retention_pending: { days: 365 } })
    await expect(updateProject(admin, { audit_retention_days: null })).rejects.toMatchObject({
      code: 'forbidden',
    })
  })

  test('is not below the operator’s floor, which the refusal names', async () => {
    const { owner } = await teamThatKeepsRuns()
    await expect(updateProject(owner, { audit_retention_days: 182 })).rejects.toMatchObject({
      code: 'invalid_input',
      errors: [
        {
          pointer: '/audit_retention_days',
          detail: expect.stringMatching(/183 days.*AUDIT_RETENTION_MIN_DAYS/),
        },
      ],
    })
    expect(await updateProject(owner, { audit_retention_days: 183 })).toMatchObject({
      audit_retention_pending: { days: 183 },
    })
  })

  test('is told to every owner at once, in the bell and by mail, and to nobody else', async () => {
    const { owner, project, join } = await teamThatKeepsRuns()
    const second = await join('owner', 'second')
    await updateProject(owner, { audit_retention_days: 200 })
    const told = await db.select().from(notices).where(eq(notices.projectId, project.id))
    expect(told.map(({ userId }) => userId).sort()).toEqual([owner.actor.id, second.actor.id].sort())
    expect(told[0]).toMatchObject({ kind: 'audit_retention', text: expect.stringContaining('200 days') })
    const sent = await db
      .select()
      .from(mails)
      .where(and(eq(mails.projectId, project.id), eq(mails.kind, 'project')))
    expect(sent.map(({ recipient }) => recipient).sort()).toEqual(
      [owner.actor.email, second.actor.email].sort(),
    )
    expect(sent[0]?.text).toContain('200 days')
    await withoutAudit(db, async () => {
      await expect(updateProject(owner, { audit_retention_days: 300 })).rejects.toThrow()
    })
    expect(await db.select().from(mails).where(eq(mails.projectId, project.id))).toHaveLength(sent.length)
  })

  test('counts after seven days where it is shorter, with an entry then; until then it can be called off', async () => {
    const { owner, project } = await teamThatKeepsRuns()
    const set = await updateProject(owner, { audit_retention_days: 365 })
    const at = new Date(set.audit_retention_pending?.effective_at ?? 0).getTime()
    expect(Math.abs(at - Date.now() - 7 * day)).toBeLessThan(60_000)
    await db.transaction((tx) => applyDuePeriods(tx))
    expect(await readProject(owner)).toMatchObject({ audit_retention_days: null })
    expect(await updateProject(owner, { audit_retention_days: null })).toMatchObject({
      audit_retention_days: null,
      audit_retention_pending: null,
    })
    await updateProject(owner, { audit_retention_days: 365 })
    await letNoticePass(project.id)
    await db.transaction((tx) => applyDuePeriods(tx))
    expect(await readProject(owner)).toMatchObject({
      audit_retention_days: 365,
      audit_retention_pending: null,
    })
    expect((await auditOf(db, project.id, 'project.updated')).at(-1)).toMatchObject({
      actor: 'holdpoint',
      detail: { changes: { audit_retention_days: { from: null, to: 365 } } },
    })
  })

  test('counts at once where it is longer', async () => {
    const { owner, project } = await teamThatKeepsRuns()
    await keepAuditFor(db, project.id, 200)
    await setAuditFloor(db, 183)
    expect(await updateProject(owner, { audit_retention_days: 400 })).toMatchObject({
      audit_retention_days: 400,
      audit_retention_pending: null,
    })
  })
})

test('an operator’s higher floor raises what is below, and calls off what was announced below', async () => {
  const [low, announced, high] = [
    await teamThatKeepsRuns(),
    await teamThatKeepsRuns(),
    await teamThatKeepsRuns(),
  ]
  await keepAuditFor(db, low.project.id, 190)
  await setAuditFloor(db, 183)
  await updateProject(announced.owner, { audit_retention_days: 184 })
  await updateProject(high.owner, { audit_retention_days: 365 })
  expect(await setAuditFloor(db, 250)).toBe(250)
  expect(await readProject(low.owner)).toMatchObject({ audit_retention_days: 250 })
  expect(await readProject(announced.owner)).toMatchObject({ audit_retention_pending: null })
  expect(await readProject(high.owner)).toMatchObject({ audit_retention_pending: { days: 365 } })
  expect((await auditOf(db, low.project.id, 'project.updated')).at(-1)).toMatchObject({
    actor: 'operator',
    detail: { changes: { audit_retention_days: { from: 190, to: 250 } } },
  })
  await setAuditFloor(db, 183)
})
