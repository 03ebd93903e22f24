import { sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { joinedMember } from '@/db/rights'
import type { decisions } from '@/db/schema/approvals'
import type { Absence, Person } from '@/lib/policy/people'
import type { ApprovalRow } from './approvals'

type DecisionRow = typeof decisions.$inferSelect

/** What a person did about an approval. */
export type VoteRecord = Pick<
  DecisionRow,
  'reviewerId' | 'reviewerName' | 'reviewerEmail' | 'decision' | 'reason' | 'via' | 'isFinal' | 'isOverride'
> & {
  id: string
  /** The absent person on whose seat it counts; null is the reviewer's own. */
  seat: { id: string; name: string | null; email: string | null } | null
  /** Of the params that it is about. */
  digest: string
  /** Whether it changed the params. */
  isEdit: boolean
  at: string
}

/** What only some approvals have, and is read for them alone. */
export type More = {
  /** Oldest first. */
  votes: VoteRecord[]
  /** The members among those of the votes, as they are now. */
  people: Person[]
  allowOwnRequest: boolean
  assignee: { id: string; name: string | null; email: string } | null
  supersededBy: string | null
  /** What the agent asked for, where a reviewer changed it. */
  requested: { params: string; digest: string; edited: string } | null
  /** JSON Schema of the params as it was sent, while the approval is pending. */
  paramsSchema: string | null
  /** What the votes came to with the last of them. */
  tally: string | null
}

/** A member `m` with their person `u`, as policies know people. */
export const personJson = `json_build_object('id', u.id, 'email', u.email, 'name', u.name, 'role', m.role, 'groups', array(
    select g.slug from group_members gm join groups g on g.id = gm.group_id
    where gm.project_id = m.project_id and gm.user_id = m.user_id order by g.slug))`

type Row = Pick<ApprovalRow, 'id' | 'terms' | 'assigneeId' | 'decision'>

const hasMore = ({ terms, assigneeId, decision }: Row) =>
  terms !== null || assigneeId !== null || decision === 'request_changes'

/**
 * Adds what only some approvals have to those that have it: votes where the policy says who decides, the assignee, and
 * what was asked for in an approval's place. Where none has any of it, nothing is read.
 */
export async function withMore<R extends Row>(db: Queryable, rows: R[]): Promise<(R & { more?: More })[]> {
  const ids = rows.filter(hasMore).map(({ id }) => id)
  if (ids.length === 0) return rows
  const found = await db.execute<More & { id: string }>(sql`
    select a.id, p.allow_own_request as "allowOwnRequest",
      coalesce((
        select json_agg(json_build_object('id', coalesce(d.id, 'dec_' || substr(d.approval_id, 5)),
          'reviewerId', d.reviewer_id, 'reviewerName', d.reviewer_name, 'reviewerEmail', d.reviewer_email,
          'seat', case when d.seat_id is not null then json_build_object('id', d.seat_id, 'name', s.name, 'email', s.email) end,
          'decision', d.decision, 'digest', coalesce(d.digest, c.digest), 'isEdit', d.params is not null, 'reason', d.reason, 'via', d.via,
          'isFinal', d.is_final, 'isOverride', d.is_override, 'at', d.at) order by d.at, d.id)
        from decisions d left join users s on s.id = d.seat_id where d.approval_id = a.id), '[]') as votes,
      coalesce((
        select json_agg(${sql.raw(personJson)})
        from members m join users u on u.id = m.user_id
        where m.project_id = a.project_id and ${sql.raw(joinedMember('m'))} and m.user_id in (
          select reviewer_id from decisions where approval_id = a.id
          union select seat_id from decisions where approval_id = a.id)), '[]') as people,
      (select json_build_object('id', u.id, 'name', u.name, 'email', u.email) from users u where u.id = a.assignee_id) as assignee,
      (select s.id from approvals s where s.supersedes = a.id) as "supersededBy",
      case when a.edited_digest is not null then json_build_object('params', c.params, 'digest', c.digest, 'edited', a.edited_params) end as requested,
      case when a.status = 'pending' then c.params_schema end as "paramsSchema", a.tally
    from approvals a join projects p on p.id = a.project_id join tool_calls c on c.id = a.call_id
    where a.id = any(array(select json_array_elements_text(${JSON.stringify(ids)}::text::json)))`)
  const more = new Map(found.map(({ id, ...rest }) => [id, rest]))
  return rows.map((row) => {
    const its = more.get(row.id)
    return its ? { ...row, more: its } : row
  })
}

/** One approval with what only some have. */
export async function withItsMore<R extends Row>(
  db: Queryable,
  row: R | undefined,
): Promise<(R & { more?: More }) | undefined> {
  return row && (await withMore(db, [row]))[0]
}

/** A member with those on whose seats they sit at this moment. */
export type Seats = { people: Person[]; absences: Absence[] }

/** A member as they are now, and whoever is away and has them decide in their place. */
export async function findSeats(db: Queryable, projectId: string, userId: string): Promise<Seats> {
  const [row] = await db.execute<Seats>(sql`
    with away as materialized (
      select b.user_id from absences b
      where b.project_id = ${projectId} and b.delegate_id = ${userId} and b.revoked_at is null
        and b.starts_at <= clock_timestamp() and b.ends_at > clock_timestamp())
    select coalesce(json_agg(${sql.raw(personJson)}), '[]') as people,
      (select coalesce(json_agg(json_build_object('personId', away.user_id, 'delegateId', ${userId}::text)), '[]') from away)
        as absences
    from members m join users u on u.id = m.user_id
    where m.project_id = ${projectId} and ${sql.raw(joinedMember('m'))}
      and (m.user_id = ${userId} or m.user_id in (select user_id from away))`)
  return row ?? { people: [], absences: [] }
}

/** All who have joined a project, whether initiators may decide in it, and the moment of that. */
export type Everybody = { people: Person[]; allowOwnRequest: boolean; readAt: Date }

export async function findEverybody(db: Queryable, projectId: string): Promise<Everybody | undefined> {
  const [row] = await db.execute<Omit<Everybody, 'readAt'> & { readAt: string }>(sql`
    select p.allow_own_request as "allowOwnRequest", clock_timestamp() as "readAt", coalesce((
      select json_agg(${sql.raw(personJson)}) from members m join users u on u.id = m.user_id
      where m.project_id = p.id and ${sql.raw(joinedMember('m'))}), '[]') as people
    from projects p where p.id = ${projectId}`)
  return row && { ...row, readAt: new Date(row.readAt) }
}

/** Who changed the params of each of these approvals; where none is named, nothing is read. */
export async function listEditors(db: Queryable, ids: string[]): Promise<Map<string, string[]>> {
  if (ids.length === 0) return new Map()
  const rows = await db.execute<{ id: string; editors: string[] }>(sql`
    select approval_id as id, json_agg(distinct reviewer_id) as editors from decisions
    where params is not null and approval_id = any(array(select json_array_elements_text(${JSON.stringify(ids)}::text::json)))
    group by approval_id`)
  return new Map(rows.map(({ id, editors }) => [id, editors]))
}
