import { searchConnections } from '@/db/client'
import type { Actor, Context } from './context'
import { AppError } from './errors'
import { inTurn } from './in-turn'

/** How long they wait for their turn. */
const withinMs = 2000
/** Searches of one credential at a time in one process, and how many more wait. */
const ofCredential = { atOnce: 2, waiting: 8, withinMs }
/** Of everybody: those that are under way have a connection, so that none waits for one after it was given up. */
const ofAll = { atOnce: searchConnections, waiting: 100, withinMs }
/** After so long no further statement of a search is begun. */
const mostMs = 4000

/**
 * Runs a search in the turn of its credential, which has two at a time, and of everybody, who have as many as there
 * are connections for it; further ones wait up to two seconds for each. The turn ends with the work itself, however
 * that ends.
 * @param read gets a signal that is aborted, with an AppError, when no further statement is to be begun
 * @throws AppError `too_many_searches` with Retry-After where the credential's turn did not come, `unavailable`
 * where everybody's did not
 */
export function searchInTurn<T>(ctx: Context, read: (signal: AbortSignal) => Promise<T>): Promise<T> {
  return walkInTurn(ctx, () =>
    inTurn('searches', ofAll, tooBusy, async () => {
      const late = new AbortController()
      const timer = setTimeout(() => late.abort(tooLong()), mostMs)
      try {
        return await read(late.signal)
      } finally {
        clearTimeout(timer)
      }
    }),
  )
}

/**
 * Runs a walk of many short statements, such as through the whole audit log, in the turn of its credential alone.
 * @throws AppError `too_many_searches`
 */
export function walkInTurn<T>({ actor }: Context, walk: () => Promise<T>): Promise<T> {
  return inTurn(`searches ${credentialOf(actor)}`, ofCredential, tooMany, walk)
}

function credentialOf(actor: Actor): string {
  return actor.type === 'user' ? (actor.keyId ?? actor.sessionToken ?? actor.id) : actor.id
}

function tooMany(): AppError {
  const detail = `This credential has ${ofCredential.atOnce} searches under way; wait for one of them.`
  return new AppError('too_many_searches', detail, { headers: { 'Retry-After': '2' } })
}

function tooBusy(): AppError {
  const detail = 'Others search just now, and their searches take long; try again.'
  return new AppError('unavailable', detail, { headers: { 'Retry-After': '2' } })
}

function tooLong(): AppError {
  const detail = 'The search took too long and was ended; narrow it down, such as by agent, tool or status.'
  return new AppError('unavailable', detail, { headers: { 'Retry-After': '5' } })
}
