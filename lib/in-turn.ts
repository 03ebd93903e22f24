import type { AppError } from './errors'

/** So much is done at a time in one process, so many more wait for their turn, and so long. */
type Most = { atOnce: number; waiting: number; withinMs: number }
type Turns = { running: number; waiting: (() => void)[] }

const turnsKey = Symbol.for('holdpoint.turns')
const scope = globalThis as { [turnsKey]?: Map<string, Turns> }
/** Of what is under way just now; shared by every copy of this module, as the pools are. */
const turns = (scope[turnsKey] ??= new Map())

/**
 * Does work in its turn, in the order of the calls. The turn ends with the work itself, however that ends. Work whose
 * turn did not come in time is refused and never begun.
 * @param whose what shares the turns
 * @throws what `refusal` makes, where too many wait or the turn did not come
 */
export async function inTurn<T>(
  whose: string,
  most: Most,
  refusal: () => AppError,
  work: () => Promise<T>,
): Promise<T> {
  const mine = turns.get(whose) ?? { running: 0, waiting: [] }
  turns.set(whose, mine)
  if (mine.running < most.atOnce) mine.running += 1
  else if (mine.waiting.length < most.waiting) await waitForTurn(mine, most.withinMs, refusal)
  else throw refusal()
  try {
    return await work()
  } finally {
    endTurn(whose, mine)
  }
}

/** Whoever ends a turn hands it on, so that `running` stays as it is. */
function waitForTurn({ waiting }: Turns, withinMs: number, refusal: () => AppError): Promise<void> {
  return new Promise((resolve, reject) => {
    const go = () => {
      clearTimeout(timer)
      resolve()
    }
    const timer = setTimeout(() => {
      waiting.splice(waiting.indexOf(go), 1)
      reject(refusal())
    }, withinMs)
    waiting.push(go)
  })
}

function endTurn(whose: string, mine: Turns): void {
  const next = mine.waiting.shift()
  if (next) return next()
  mine.running -= 1
  if (mine.running === 0) turns.delete(whose)
}
