import type { AskedPerson } from '@/db/queries/asked-person'
import { asksSome, hasOwn } from '@/db/queries/own-approvals'
import type { SnoozedBy } from '@/db/queries/snoozes'
import { findSeats } from '@/db/queries/voting'
import { hasRole, type Context } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { namesOf } from '@/lib/policy/people'
import { meOf } from './can-decide'

/**
 * The member who asks, as lists look for what waits for them.
 * @throws AppError `forbidden` for agent keys
 */
export async function askedPerson(ctx: Context): Promise<AskedPerson> {
  const me = meOf(ctx)
  if (!me) throw new AppError('forbidden', '`mine` is for members; an agent key decides nothing.')
  const { people } = await findSeats(ctx.db, ctx.project.id, me.id)
  const { role, allowOwnRequest } = me
  const seats = people.map((person) => ({ id: person.id, email: person.email, names: namesOf(person) }))
  const own = seats.find(({ id }) => id === me.id) ?? { id: me.id, email: me.email, names: [] }
  const absent = seats.filter(({ id }) => id !== me.id)
  return { ...own, isReviewer: hasRole(role, 'reviewer'), allowOwnRequest, absent }
}

/**
 * What the member who asks put off, or did not, as lists look for it.
 * @throws AppError `forbidden` for agent keys
 */
export function snoozedBy({ actor, project }: Context, isSnoozed: boolean): SnoozedBy {
  if (actor.type !== 'user')
    throw new AppError('forbidden', '`snoozed` is for members; nobody else puts off.')
  return { projectId: project.id, userId: actor.id, isSnoozed }
}

/**
 * How far the project's queue is of somebody's own: `none` where every pending request asks everybody, `others` where
 * some do not and none of these waits for the member who asks, else `own`.
 */
export async function readShare(ctx: Context): Promise<'none' | 'others' | 'own'> {
  if (!(await asksSome(ctx.db, ctx.project.id))) return 'none'
  return (await hasOwn(ctx.db, ctx.project.id, await askedPerson(ctx))) ? 'own' : 'others'
}
