import { and, asc, eq, gt, isNotNull, sql } from 'drizzle-orm'
import { onceFor, type Database, type Queryable } from '@/db/client'
import { members, projects, users } from '@/db/schema/identity'
import { absences } from '@/db/schema/people'
import type { Absence } from '@/lib/absences/schemas'
import { decodeCursor, encodeCursor, type Page } from './cursor'

const wireMoment = (column: string) =>
  sql.raw(`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`)

const columns = {
  id: users.id,
  email: users.email,
  name: users.name,
  role: members.role,
  invitedAt: members.invitedAt,
  joinedAt: members.joinedAt,
  /** That lasts or is to come, as the API shows it. */
  absence: sql<Absence | null>`(
    select json_build_object('id', b.id, 'from', ${wireMoment('b.starts_at')}, 'until', ${wireMoment('b.ends_at')},
      'delegate_id', b.delegate_id, 'note', b.note)
    from ${absences} b where b.project_id = ${members.projectId} and b.user_id = ${members.userId}
      and b.revoked_at is null and b.ends_at > clock_timestamp() order by b.starts_at limit 1)`,
}

/** A member of a project; `joinedAt` is null while the invitation is open. */
export type MemberRecord = NonNullable<Awaited<ReturnType<typeof findMember>>>

/**
 * A page of the project's members by e-mail, invited ones included.
 * @throws AppError `invalid_cursor`
 */
export async function listMembers(
  db: Queryable,
  projectId: string,
  page: { limit: number; cursor?: string | undefined } = { limit: 100 },
): Promise<Page<MemberRecord>> {
  const [after] = page.cursor === undefined ? [] : decodeCursor('members', projectId, page.cursor)
  const rows = await db
    .select(columns)
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(and(eq(members.projectId, projectId), after === undefined ? undefined : gt(users.email, after)))
    .orderBy(asc(users.email))
    .limit(page.limit + 1)
  const items = rows.slice(0, page.limit)
  const last = items.at(-1)
  const hasMore = rows.length > page.limit && last !== undefined
  return { items, nextCursor: hasMore ? encodeCursor('members', projectId, [last.email]) : null }
}

/**
 * One member of the project, joined or invited, by the person's id.
 * @param isHeld until the transaction ends nobody removes them or gives them another role
 */
export async function findMember(db: Queryable, projectId: string, userId: string, isHeld = false) {
  const found = db
    .select(columns)
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(and(eq(members.projectId, projectId), eq(members.userId, userId)))
    .limit(1)
  const [row] = await (isHeld ? found.for('share', { of: members }) : found)
  return row
}

/** One member of the project, joined or invited, by e-mail in lower case. */
export async function findMemberByEmail(db: Queryable, projectId: string, email: string) {
  const [row] = await db
    .select(columns)
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(and(eq(members.projectId, projectId), eq(users.email, email)))
    .limit(1)
  return row
}

const projectsOfUser = onceFor((db) =>
  db
    .select({
      id: projects.id,
      slug: projects.slug,
      name: projects.name,
      role: members.role,
      isArchived: sql<boolean>`${projects.archivedAt} is not null`,
    })
    .from(members)
    .innerJoin(projects, eq(projects.id, members.projectId))
    .where(and(eq(members.userId, sql.placeholder('user')), isNotNull(members.joinedAt)))
    .orderBy(sql`${projects.archivedAt} is not null`, asc(projects.name), asc(projects.slug))
    .prepare('projects_of_user'),
)

/** The projects that a person has joined, by name; archived ones last. */
export async function listProjectsOfUser(db: Database, userId: string) {
  return projectsOfUser(db).execute({ user: userId })
}

/** A project by its slug, or by its name where that is what is known. */
export async function findProjectBy(db: Queryable, column: 'slug' | 'name', value: string) {
  const [row] = await db
    .select({
      id: projects.id,
      slug: projects.slug,
      name: projects.name,
      allowOwnRequest: projects.allowOwnRequest,
    })
    .from(projects)
    .where(eq(projects[column], value))
    .limit(1)
  return row
}

/** A project with its settings, by id. */
export async function findProject(db: Queryable, projectId: string) {
  const [row] = await db.select().from(projects).where(eq(projects.id, projectId)).limit(1)
  return row
}

/** A person by e-mail in lower case. */
export async function findUserByEmail(db: Queryable, email: string) {
  const [row] = await db
    .select({ id: users.id, name: users.name, email: users.email, emailVerified: users.emailVerified })
    .from(users)
    .where(eq(users.email, email))
    .limit(1)
  return row
}
