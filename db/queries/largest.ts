import { sql, type SQL } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { amountNames, amountPattern, firstParamPattern } from '@/lib/approvals/amount'
import { facets, idsGiven, isPending, matches, number, type Place, type Wanted } from './approval-places'
import { runIdNamed } from './runs'

/** So much of what is pending is looked at, that with the nearest deadlines. */
const mostLooked = 10_000
/** Longer params have no amount: reading them would cost more than the order is worth. */
const mostBytes = 16_384

/**
 * A page of what is pending with the largest amount first, as `lib/approvals/amount.ts` has it; what has none comes
 * last. No index knows amounts, so all that is pending is looked at: 3,000 in some 30 ms.
 */
export async function largestPlaces(db: Queryable, wanted: Omit<Wanted, 'sort'>): Promise<Place[]> {
  const { projectId, after, limit, ids, runId } = wanted
  const named = sql`${ids ? sql`and a.id = any(array(${idsGiven(ids)}))` : sql``}
    ${runId === undefined ? sql`` : sql`and a.run_id = (${runIdNamed(projectId, runId)})`}`
  const beyond = after ? sql`and (z.amount, z.id) < (${after.at}::text::float8, ${after.id})` : sql``
  return db.execute<Place>(sql`
    with walked as materialized (
      select a.id, a.call_id, a.edited_params, substring(a.rule_condition from ${text(firstParamPattern)}) as named
      from approvals a where a.project_id = ${projectId} and ${isPending} ${named} ${facets(sql`a`, wanted)}
      order by a.expires_at asc nulls first, a.id asc nulls first limit ${number(mostLooked)}),
    read as (
      select w.id, w.named, case when octet_length(p.text) <= ${number(mostBytes)} and p.text !~ ${text(unreadable)}
        then p.text::json end as params
      from walked w join tool_calls c on c.id = w.call_id,
        lateral (select coalesce(w.edited_params, c.params) as text) p),
    sized as materialized (
      select r.id, coalesce(${amount(sql`r.named`)}, ${sql.join(
        amountNames.map((name) => amount(text(name))),
        sql`, `,
      )},
        '-Infinity') as amount from read r)
    select z.id, true as "isPending", z.amount::text as at from sized z
    where ${matches(sql`z.id`, wanted)} ${beyond}
    order by z.amount desc, z.id desc limit ${number(limit)}`)
}

/** Escapes that JSON may have and PostgreSQL's text cannot. */
const unreadable = String.raw`\\u(0000|[dD][89a-fA-F])`

const text = (value: string) => sql`${value}::text`

function amount(name: SQL): SQL {
  return sql`case when r.params ->> ${name} ~ ${text(amountPattern)} then (r.params ->> ${name})::float8 end`
}
