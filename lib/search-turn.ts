import type { Actor, Context } from './context'
import { AppError } from './errors'

/** Searches of one credential at a time in one process, and how many more wait for their turn. */
const [mostAtOnce, mostWaiting] = [2, 8]
/** How long they wait for it. */
const turnWithinMs = 2000
/** After so long no further statement of a search is begun. */
const mostMs = 4000

type Turns = { running: number; waiting: (() => void)[] }

const turnsKey = Symbol.for('holdpoint.search-turns')
const scope = globalThis as { [turnsKey]?: Map<string, Turns> }
/** Of credentials that search just now; shared by every copy of this module, as the pools are. */
const turns = (scope[turnsKey] ??= new Map())

/**
 * Runs what reads much, such as a search or a walk through the whole audit log, in the turn of its credential: two
 * at a time; further ones wait up to two seconds. The turn ends with the work itself, however that ends.
 * @param read gets a signal that is aborted, with an AppError, when no further statement is to be begun
 * @throws AppError `too_many_searches` with Retry-After where no turn came
 */
export async function searchInTurn<T>(
  { actor }: Context,
  read: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const credential = credentialOf(actor)
  await takeTurn(credential)
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(tooLong()), mostMs)
  try {
    return await read(late.signal)
  } finally {
    clearTimeout(timer)
    endTurn(credential)
  }
}

function credentialOf(actor: Actor): string {
  return actor.type === 'user' ? (actor.keyId ?? actor.sessionToken ?? actor.id) : actor.id
}

async function takeTurn(credential: string): Promise<void> {
  const mine = turns.get(credential) ?? { running: 0, waiting: [] }
  turns.set(credential, mine)
  if (mine.running < mostAtOnce) mine.running += 1
  else if (mine.waiting.length < mostWaiting) await waitForTurn(mine)
  else throw tooMany()
}

/** Whoever ends a turn hands it on, so that `running` stays as it is. */
function waitForTurn({ waiting }: Turns): Promise<void> {
  return new Promise((resolve, reject) => {
    const go = () => {
      clearTimeout(timer)
      resolve()
    }
    const timer = setTimeout(() => {
      waiting.splice(waiting.indexOf(go), 1)
      reject(tooMany())
    }, turnWithinMs)
    waiting.push(go)
  })
}

function endTurn(credential: string): void {
  const mine = turns.get(credential)
  if (!mine) return
  const next = mine.waiting.shift()
  if (next) return next()
  mine.running -= 1
  if (mine.running === 0) turns.delete(credential)
}

function tooMany(): AppError {
  const detail = `This credential has ${mostAtOnce} searches under way; wait for one of them.`
  return new AppError('too_many_searches', detail, { headers: { 'Retry-After': '2' } })
}

function tooLong(): AppError {
  const detail = 'The search took too long and was ended; narrow it down, such as by agent, tool or status.'
  return new AppError('unavailable', detail, { headers: { 'Retry-After': '5' } })
}
