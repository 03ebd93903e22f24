import { isTransaction, type Queryable } from '@/db/client'
import { isNotSettled, NotSettled, settleItem } from '@/db/writes/settle'
import { noCredential, type Credential } from '@/lib/rights'
import type { Settlement } from './settlement'

/** By what right something is settled. */
export type Right = { credential: Credential; isOwn?: boolean }

/** Holdpoint's own, at a deadline. */
export const noRight: Right = { credential: noCredential }

/**
 * Does what a settlement says, all of it or nothing; with a run's lock in a transaction, else without waiting for
 * anybody.
 * @param waiting those who wait here for what is settled, as ids of keys and hashes of session tokens
 * @returns undefined where it was left alone: somebody else was there first, or is there now, a deadline came
 * between, or the right is gone; in a transaction it then throws what `isNotSettled` knows, or has to be rolled back
 */
export async function settle(
  db: Queryable,
  settlement: Settlement,
  { credential, isOwn = false }: Right,
  waiting: string[] = [],
): Promise<{ live: Set<string> } | undefined> {
  if (settlement.leftBehind !== 0) return undefined
  const items = settlement.items(waiting)
  const isHeld = isTransaction(db)
  if (items.length > 1 && !isHeld) return undefined
  // A look counts for a second where the run was not held when it was taken.
  const freshUntil = isHeld ? 'infinity' : new Date(settlement.now.getTime() + 1000).toISOString()
  const live = new Set<string>()
  for (const one of items) {
    // what is new goes before a spread: after one, each member costs Node 20 two microseconds
    const item = { is_own: isOwn, fresh_until: freshUntil, ...credential, ...one.item }
    const done = await settleItem(db, item, one.rows).catch(leftAlone(isHeld))
    if (!done && one !== items[0]) throw new NotSettled('only some of it was settled')
    if (!done) return undefined
    for (const id of done.live) live.add(id)
  }
  return { live }
}

const leftAlone = (isHeld: boolean) => (error: unknown) => {
  if (isHeld || !isNotSettled(error)) throw error
  return undefined
}
