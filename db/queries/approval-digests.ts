import { sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { pendingWanted, type PendingFilter } from './approval-list'
import { isOpen, matches, number } from './approval-places'

export type DigestOf = { id: string; tool: string; digest: string }

/** So many bytes of ids, tools and digests are given. */
const mostBytes = 2 << 20

/**
 * The digests of all that is pending, not yet due and fits a list's filters, the nearest deadline first, in one
 * statement.
 * @param most of them, and up to 2 MiB
 * @returns `isWhole` where no more fit
 */
export async function findDigests(
  db: Queryable,
  projectId: string,
  filter: PendingFilter,
  most: number,
): Promise<{ items: DigestOf[]; isWhole: boolean }> {
  const wanted = pendingWanted(projectId, filter, most)
  const rows = await db.execute<DigestOf & { isWithin: boolean; walked: number }>(sql`
    with walked as materialized (
      select a.id, a.tool, a.call_id, a.edited_digest, a.expires_at from approvals a where ${isOpen(wanted)}
      order by a.expires_at asc nulls first, a.id asc nulls first limit ${number(most + 1)})
    select n.walked, f.* from (select count(*)::int as walked from walked) n left join (
      select w.id, w.tool, d.digest, w.expires_at,
        sum(octet_length(w.id) + octet_length(w.tool) + octet_length(d.digest))
          over (order by w.expires_at, w.id) <= ${number(mostBytes)} as "isWithin"
      from walked w join tool_calls c on c.id = w.call_id,
        lateral (select coalesce(w.edited_digest, c.digest) as digest) d
      where ${matches(sql`w.id`, wanted)}) f on true
    order by f.expires_at, f.id`)
  const found = rows.filter(({ id }) => id !== null)
  const items = found.slice(0, most).filter(({ isWithin }) => isWithin)
  return {
    items: items.map(({ id, tool, digest }) => ({ id, tool, digest })),
    // what lies beyond those that were walked was not looked at
    isWhole: items.length === found.length && (rows[0]?.walked ?? 0) <= most,
  }
}
