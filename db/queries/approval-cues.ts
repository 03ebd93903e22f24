import { sql, type SQL } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import type { CueFilter } from '@/lib/approvals/context/cue-filter'

/** What was found of an approval with these params; null where it could not be looked at. */
export type CuesFound = { id: string; editedDigest: string | null; kinds: string[] | null }

/** What was found of the params of `row` that are in force. */
const lookedAt = (row: SQL) =>
  sql`from approval_cues k where k.approval_id = ${row}.id and k.edited_digest is not distinct from ${row}.edited_digest`

/** Whether an approval, not called `k`, was looked at and has a cue. */
export function hasCue(row: SQL, cue: CueFilter): SQL {
  const fits =
    cue === 'any' ? sql`k.kinds <> '{}'` : cue === 'none' ? sql`k.kinds = '{}'` : sql`${cue} = any(k.kinds)`
  return sql`exists (select ${lookedAt(row)} and ${fits})`
}

/** What waits in a project and was not looked at, not called `k`, by deadline. */
const unlooked = (projectId: string) => sql`from approvals a
  where a.project_id = ${projectId} and a.status = 'pending' and a.resolved_at is null
    and a.expires_at > (select clock_timestamp()) and not exists (select ${lookedAt(sql.raw('a'))})`

/** How much of what waits was not looked at, up to `most`. */
export async function countUnlooked(db: Queryable, projectId: string, most: number): Promise<number> {
  const [row] = await db.execute<{ count: number }>(sql`
    select count(*)::int as count from (select ${unlooked(projectId)} limit ${most}) counted`)
  return row?.count ?? 0
}

/** What of that is looked at next, the nearest deadline first. */
export async function listUnlooked(
  db: Queryable,
  projectId: string,
  most: number,
): Promise<Pick<CuesFound, 'id' | 'editedDigest'>[]> {
  return db.execute<Pick<CuesFound, 'id' | 'editedDigest'>>(sql`
    select a.id, a.edited_digest as "editedDigest" ${unlooked(projectId)}
    order by a.expires_at asc nulls first, a.id asc nulls first limit ${most}`)
}

/** Keeps what was found; of what is gone meanwhile nothing. */
export async function keepCues(db: Queryable, found: CuesFound[]): Promise<void> {
  await db.execute(sql`
    insert into approval_cues (approval_id, edited_digest, kinds)
    select a.id, f."editedDigest",
      case when f.kinds is not null then array(select json_array_elements_text(f.kinds)) end
    from json_to_recordset(${JSON.stringify(found)}::text::json) as f(id text, "editedDigest" text, kinds json)
      join approvals a on a.id = f.id
    order by a.id
    on conflict (approval_id) do update set edited_digest = excluded.edited_digest, kinds = excluded.kinds`)
}
