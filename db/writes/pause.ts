import { sql } from 'drizzle-orm'
import type { Transaction } from '../client'
import type { Reading } from '../statement'

/** First of the two keys of the lock that whatever asks for or releases a call shares and a pause has for itself. */
const releaseLock = 734_025

/**
 * The first parts of a statement that may release calls: the items that may, as `allowed`, without those whose agent or
 * project is paused, or project archived. The flags are read anew, whatever the statement's snapshot has seen, and a pause that comes later is
 * acknowledged only when this transaction is over. Nothing before these parts may be written.
 * @param permitted selects the items by their rights, with `project_id` and `agent_id`
 */
export const allowedToRelease = (
  { form, hand, whole }: Reading,
  permitted: string,
) => `permitted as materialized (${permitted}),
${form === 'one' ? '' : going}allowed as materialized (
  select ${hand('permitted', 'is_stale')} from ${whole('permitted')}
  where ${form === 'one' ? 'may_release(agent_id, project_id)' : 'agent_id in (select agent_id from going)'})`

/** Of several that ask at once, most are of the same agent. */
const going = `going as materialized (
  select agent_id from (select distinct agent_id, project_id from permitted) asking
  where may_release(agent_id, project_id)),
`

/** The same for a transaction that may wait: behind a pause or an archive that is under way, and these behind it. */
export async function shareReleases(tx: Transaction, projectId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock_shared(${releaseLock}, hashtext(${projectId}))`)
}

/**
 * Waits for every transaction that may release a call of the project or hold one, and keeps others from it until this one ends:
 * they find the lock taken, do nothing and try again.
 */
export async function awaitReleases(tx: Transaction, projectId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${releaseLock}, hashtext(${projectId}))`)
}
