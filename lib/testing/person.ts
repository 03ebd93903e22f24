import { randomBytes } from 'node:crypto'
import { and, asc, eq, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { auditEntries } from '@/db/schema/audit'
import type { Context, MemberActor, Project, Role, SystemActor } from '@/lib/context'
import { readJson } from '@/lib/json/read'
import { hashToken } from '@/lib/tokens'
import { addMember } from '@/lib/members/add'
import { createProject } from '@/lib/members/create-project'
import { asActor } from '@/lib/members/person'
import { startSession } from '@/lib/members/session'

/** An operator's command, for tests. */
export const operator: SystemActor = { type: 'system', id: 'operator', label: 'Operator', via: 'cli' }

/** A context of the project, for tests. */
export function contextOf<A extends Context['actor']>(db: Database, project: Project, actor: A): Context<A> {
  return { db, project, actor, appUrl: 'http://localhost:3000', limits: { maxPendingPerAgent: 1000 } }
}

/** A project with a signed-in member of each role, for tests. */
export async function makeTeam(db: Database, name = 'Team') {
  const project = await createProject(db, { name }, operator)
  const join = (role: Role, nickname: string = role) => joinProject(db, project, role, nickname)
  const [owner, admin, reviewer, viewer] = [
    await join('owner'),
    await join('admin'),
    await join('reviewer'),
    await join('viewer'),
  ]
  return { project, owner, admin, reviewer, viewer, join, asOperator: contextOf(db, project, operator) }
}

/** Adds a member with a session of their own, for tests. */
export async function joinProject(
  db: Database,
  project: Project,
  role: Role,
  nickname: string,
): Promise<Context<MemberActor>> {
  const email = `${nickname}-${randomBytes(4).toString('hex')}@example.com`
  const member = await addMember(contextOf(db, project, operator), { email, role })
  const session = await startSession(db, member.id)
  const actor = {
    ...asActor({ ...member }, role),
    sessionToken: hashToken(session.token),
    sessionId: session.id,
  }
  return contextOf(db, project, actor)
}

/** The project's audit entries, oldest first, for tests. */
export async function auditOf(db: Database, projectId: string, action?: string) {
  const rows = await db
    .select()
    .from(auditEntries)
    .where(
      and(
        eq(auditEntries.projectId, projectId),
        action === undefined ? undefined : eq(auditEntries.action, action),
      ),
    )
    .orderBy(asc(auditEntries.ordinal))
  return rows.map((row) => ({
    action: row.action,
    actor: row.actorId,
    via: row.via,
    target: row.targetId,
    detail: readJson(row.detail ?? '') as Record<string, unknown>,
  }))
}

/** Runs work while no audit entry can be written, for tests. */
export async function withoutAudit(db: Database, work: () => Promise<unknown>): Promise<void> {
  await db.execute(sql`alter table audit_entries add constraint audit_is_down check (false) not valid`)
  try {
    await work()
  } finally {
    await db.execute(sql`alter table audit_entries drop constraint audit_is_down`)
  }
}
