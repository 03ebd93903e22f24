import type { Outcome } from '../outcome.ts'
import type { Run } from '../run.ts'

/** Whether an id may come again: `call_1`, `call_00001`, `functions.x:0`, `process_refund` of models that count anew in each turn. */
export function isCounted(id: string | undefined): boolean {
  return /^\D*0*\d{0,4}$|[._:-]0*\d{1,4}$/.test(id ?? '')
}

/**
 * The id of a call in its run: the model's own; where another turn may use that again, after the turn.
 * @param turn what no other turn of the run has, the same in every life of the agent
 * @throws TypeError where that is needed and missing
 */
export function callIdIn(turn: number | undefined, id: string | undefined, tool: string): string {
  if (id && !isCounted(id)) return id
  if (turn === undefined) throw new TypeError(`The turn is needed: ${id ?? tool} may be another call's too.`)
  return `${turn}.${id || tool}`
}

const ended = new WeakMap<Run, Set<string>>()

/**
 * For frameworks that say nothing of the turn of a call: an id that has come to an end is no call's any more.
 * @returns to be called at the end
 * @throws TypeError where it was
 */
export function begin(run: Run, id: string): () => void {
  const ids = ended.get(run) ?? new Set()
  ended.set(run, ids)
  if (ids.has(id)) throw new TypeError(`The model has used the id ${id} before, and this is another call.`)
  return () => void ids.add(id)
}

/**
 * What a framework hears of a call: what the tool gave back, with what a reviewer changed of it, or words for the model.
 * @throws what the tool threw
 */
export function told<T, P>(outcome: Outcome<T, P>): T | string {
  if (outcome.kind === 'failed') throw outcome.replayed ? outcome.error : outcome.error.cause
  if (outcome.kind === 'ran') return withEdit(outcome.output, editWords(outcome))
  return outcome.kind === 'rejected' ? outcome.message : outcome.approval.next.message
}

/** What the model has to know of an edit; undefined where the call ran as it was asked for. */
export function editWords<T, P>(outcome: Pick<Outcome<T, P> & { kind: 'ran' }, 'edited' | 'approval'>) {
  if (!outcome.edited || !outcome.approval) return undefined
  return `${outcome.approval.next.message} It ran so, and this is what came of it.`
}

/** An object keeps its members, for who reads them; all else that is no text becomes its JSON behind the words. */
function withEdit<T>(output: T, words: string | undefined): T | string {
  if (words === undefined) return output
  const isPlain = typeof output === 'object' && output !== null && !Array.isArray(output)
  if (isPlain) return { ...output, holdpoint: words }
  if (output === undefined) return words
  return `${words}\n\n${typeof output === 'string' ? output : JSON.stringify(output)}`
}
