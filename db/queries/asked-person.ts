import { sql, type SQL } from 'drizzle-orm'
import type { Exclusion } from '@/lib/policy/policy'

/** Somebody who may have a seat: themselves, with the names by which policies ask them. */
type Seat = { id: string; email: string; names: readonly string[] }

/** Somebody for whom requests wait. */
export type AskedPerson = Seat & {
  /** Whether their role lets them decide at all. */
  isReviewer: boolean
  /** Whether they may decide on what is done on their behalf. */
  allowOwnRequest: boolean
  /** Those who are away and for whom they decide. */
  absent: readonly Seat[]
}

/**
 * Whether a pending approval, not called `c`, `d` or `r`, waits for a person: it is in their hands; or it asks
 * everybody, them or somebody for whom they sit in, its policy excludes neither, and they have not voted on its params.
 * As `lib/policy/people.ts` has it.
 */
export function waitsFor(row: SQL, person: AskedPerson): SQL {
  const isTheirs = sql`${row}.assignee_id is not distinct from ${person.id}`
  if (!person.isReviewer) return isTheirs
  const asks = ({ names }: Seat) =>
    sql`${row}.pools && array(select json_array_elements_text(${JSON.stringify(names)}::text::json))`
  const excluded = (seat: Seat) => isExcluded(row, seat, person.allowOwnRequest)
  const asksOne = [
    sql`${row}.pools is null or ${asks(person)}`,
    ...person.absent.map((seat) => sql`(${asks(seat)} and not ${excluded(seat)})`),
  ]
  return sql`(${isTheirs} or ((${sql.join(asksOne, sql` or `)}) and not ${excluded(person)} and not ${hasVoted(row, person)}))`
}

const digestOf = (row: SQL) => sql`(select c.digest from tool_calls c where c.id = ${row}.call_id)`

/** What a person did about the params in force. */
function acts(row: SQL, { id }: Seat): SQL {
  const digest = digestOf(row)
  return sql`from decisions d where d.approval_id = ${row}.id and d.reviewer_id = ${id}
    and coalesce(d.digest, ${digest}) = coalesce(${row}.edited_digest, ${digest})`
}

function hasVoted(row: SQL, person: Seat): SQL {
  return sql`(${row}.terms is not null and coalesce(
    (select d.decision <> 'withdraw' ${acts(row, person)} order by d.at desc, d.id desc limit 1), false))`
}

function isExcluded(row: SQL, person: Seat, allowOwnRequest: boolean): SQL {
  const terms = sql`${row}.terms::json`
  const excludes = (what: Exclusion) =>
    sql`coalesce(${terms} ->> 'exclude', '') like ${sql.raw(`'%"${what}"%'`)}`
  const isParty = (what: Exclusion) =>
    sql`(${excludes(what)} and ${terms} -> 'parties' ->> ${sql.raw(`'${what}'`)} is not distinct from ${person.id})`
  const bansOwn = allowOwnRequest
    ? sql`(coalesce(${terms} ->> 'self_approval', '') = 'never' or ${excludes('initiator')})`
    : sql`true`
  return sql`((${bansOwn} and exists (
      select from runs r where r.id = ${row}.run_id and lower(r.initiator) = ${person.email.toLowerCase()}))
    or (${row}.terms is not null and (${isParty('deployer')} or ${isParty('key_creator')}
      or (${excludes('editor')} and exists (select from decisions d
        where d.approval_id = ${row}.id and d.reviewer_id = ${person.id} and d.params is not null)))))`
}
