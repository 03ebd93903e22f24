import type { Approval } from '../approval.ts'
import type { Asked, AskOptions } from '../call.ts'
import type { GateOptions, Outcome } from '../outcome.ts'
import type { Run } from '../run.ts'
import { sleep } from '../wait.ts'

/** How the tool's own books are asked about a call that was let through before and left no result. */
export type Books = Pick<GateOptions<unknown>, 'earlier'>

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

/** Where a person decides, for who interrupts an agent until then. */
export function placeOf({ id, url, expires_at }: Approval) {
  return { holdpoint: id, url, expires_at }
}

/** Whether somebody has to be asked, or had to. */
export async function isHeld(run: Run, tool: string, params: object, options: AskOptions): Promise<boolean> {
  return (await run.ask(tool, params, options)).approval !== undefined
}

/**
 * Settles calls that a framework has interrupted: each is approved, or rejected with a reason.
 * @param options.wait false does not wait for a person
 * @returns what nobody has decided yet
 * @throws Refused where one of them ended the run
 */
export async function settleAll<C extends { tool: string; params: object; callId: string }>(
  run: Run,
  calls: C[],
  { wait = true, signal }: { wait?: boolean; signal?: AbortSignal },
  end: (call: C, reason?: string) => void,
): Promise<Approval[]> {
  const settled = calls.map(async (call) => {
    const asked = await run.ask(call.tool, call.params, { callId: call.callId, signal })
    return { call, asked: wait ? await run.settle(asked, { signal }) : asked }
  })
  const open: Approval[] = []
  for (const { call, asked } of await Promise.all(settled)) {
    if (asked.action === 'wait') open.push(asked.approval)
    else if (asked.action === 'continue') end(call, asked.message)
    else end(call)
  }
  return open
}

/**
 * For frameworks that run the tool themselves: asks, waits for a person where it `waits`, and takes the call. One that
 * somebody else was let through to is waited for, for 10 s.
 * @throws Refused where the run is over
 */
export async function obtain(
  run: Run,
  tool: string,
  params: object,
  options: AskOptions,
  waits: boolean,
): Promise<Asked> {
  let asked = await run.ask(tool, params, options)
  if (asked.action === 'wait') {
    if (!waits) return asked
    run.say({ type: 'held', callId: asked.callId, approval: asked.approval })
  }
  asked = await run.settle(asked, options)
  while (asked.action === 'execute' && !asked.isGranted) {
    asked = await run.settle(await run.claim(asked), options)
  }
  for (let tries = 0; asked.action === 'done' && !hasResult(asked) && tries < 10; tries++) {
    await sleep(1000, run.endings(options.signal))
    asked = await run.ask(tool, params, options)
  }
  return asked
}

const hasResult = ({ recorded }: Asked) => recorded?.status === 'succeeded' || recorded?.status === 'failed'
