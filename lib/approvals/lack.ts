import type { Queryable } from '@/db/client'
import { findEverybody, listEditors } from '@/db/queries/voting'
import type { Terms } from '@/lib/policy/terms'
import { lackOf } from '@/lib/policy/unreachable'

type Waiting = { id: string; terms: Terms | null; requestedAt: Date; initiator: string | null }

/**
 * Of requests of one project that wait, for each in order, whom it takes and who is not there: "2 of finance (1 can
 * decide)"; null where enough people can decide at this moment, and where the policy does not say who decides. Where it
 * says so of none, nothing is read.
 */
export async function lacksOf(
  db: Queryable,
  projectId: string,
  waiting: Waiting[],
): Promise<(string | null)[]> {
  const everybody = waiting.some(({ terms }) => terms !== null) && (await findEverybody(db, projectId))
  if (!everybody) return waiting.map(() => null)
  const { allowOwnRequest, readAt } = everybody
  const people = new Map(everybody.people.map((person) => [person.id, person]))
  const editors = await listEditors(
    db,
    waiting.filter(({ terms }) => terms?.exclude?.includes('editor')).map(({ id }) => id),
  )
  return waiting.map(({ id, terms, requestedAt, initiator }) => {
    if (!terms) return null
    const { deployer = null, key_creator: keyCreator = null } = terms.parties ?? {}
    const parties = { initiator, deployer, keyCreator, editors: editors.get(id) ?? [] }
    return lackOf(terms, { requestedAt, digest: '', allowOwnRequest, parties }, people, readAt)
  })
}
