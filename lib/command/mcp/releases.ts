import { randomUUID } from 'node:crypto'
import { isObject, type JsonObject } from '@/lib/client/json'
import { readJson } from '@/lib/json/read'
import { writeJson } from '@/lib/json/write'
import { resultOf, say, withChanges, withId, type Answered } from './answers'
import type { Calls, Held } from './calls'
import { withResult } from './message'
import { keyOf, type CallKey, type Handled, type Passage } from './passage'
import { stateMs, type Seal } from './request-state'

type Work = { result: Promise<string | undefined>; settle: (text: string | undefined) => void }

type Options = { calls: Calls; seal: Seal; principal: string; log: (line: string) => void }

/** What this process lets through to its servers, each call once, until what came of it is recorded. */
export class Releases {
  private readonly works = new Map<string, Work>()
  /** Rounds of servers that ask their client something in between, by our name for them. */
  private readonly rounds = new Map<string, { state: string | undefined; passage: Passage; held: Held }>()
  private readonly recordings = new Set<Promise<void>>()

  constructor(private readonly options: Options) {}

  /** Whether a call was taken and what came of it is not recorded yet. */
  has(key: string): boolean {
    return this.works.has(key)
  }

  /** Resolves when what came of the calls is recorded. */
  async recorded(): Promise<void> {
    await Promise.allSettled(this.recordings)
  }

  /** Takes a call, so that nobody else of this process does; undefined where somebody has. */
  begin(key: string): Work | undefined {
    if (this.works.has(key)) return undefined
    let settle: Work['settle'] = () => undefined
    const result = new Promise<string | undefined>((resolve) => (settle = resolve))
    const work = { result, settle }
    this.works.set(key, work)
    return work
  }

  /** Leaves a call that was taken and not let through. */
  drop(key: string, work: Work): void {
    this.works.delete(key)
    work.settle(undefined)
  }

  /** The answer that another request of this process for the same call is about to have. */
  async join(passage: Passage, key: string): Promise<Answered> {
    const { left } = passage
    const gone = new Promise<undefined>((resolve) => left.addEventListener('abort', () => resolve(undefined)))
    const text = await Promise.race([this.works.get(key)?.result, gone])
    left.throwIfAborted()
    if (text === undefined) return say(passage, 'Nobody knows whether this call ran; it was not run now.')
    return { kind: 'answer', text: withId(text, passage.request.id) }
  }

  /** @param call of what was let through */
  release(passage: Passage, work: Work, call: Held | CallKey): Handled {
    const { request, text } = passage
    const held = 'id' in call ? call : undefined
    const changedArgs = held?.isEdited ? held.params : undefined
    const isOurState =
      request.requestState !== undefined && this.options.seal.open(request.requestState) !== undefined
    const { requestState, ...params } = request.message.params
    const message =
      changedArgs || isOurState
        ? {
            ...request.message,
            params: {
              ...params,
              ...(isOurState ? {} : { requestState }),
              arguments: changedArgs ?? request.args,
            },
          }
        : undefined
    return this.sendOn(passage, work, call, message ? writeJson(message) : text, held)
  }

  private sendOn(
    passage: Passage,
    work: Work,
    { runId, toolCallId }: CallKey,
    text: string,
    held: Held | undefined,
  ): Handled {
    const key = keyOf({ runId, toolCallId })
    const changedArgs = held?.isEdited ? held.params : undefined
    const finish = (answered: string) => {
      const inBetween = held && this.roundOf(passage, held, answered)
      if (inBetween !== undefined) return inBetween
      const told = changedArgs ? withChanges(answered, changedArgs) : answered
      work.settle(told)
      this.record(key, runId, toolCallId, answered)
      return told
    }
    // it stays known that it was let through; after an answer this changes nothing
    const lose = () => work.settle(undefined)
    return { kind: 'release', released: { text, changedArgs, finish, lose } }
  }

  /** Where the server asks its client something before it goes on: its own state, under a name of ours. */
  private roundOf(passage: Passage, held: Held, answered: string): string | undefined {
    const { seal, principal } = this.options
    if (!/"resultType"\s*:\s*"input_required"/.test(answered)) return undefined
    const message = readJson(answered) as JsonObject
    if (!isObject(message.result) || message.result.resultType !== 'input_required') return undefined
    const { requestState } = message.result
    const name = randomUUID()
    this.rounds.set(name, {
      state: typeof requestState === 'string' ? requestState : undefined,
      passage,
      held,
    })
    const { digest } = passage
    const sealed = seal.put({
      call: name,
      kind: 'released',
      round: 0,
      principal,
      digest,
      exp: Date.now() + stateMs,
    })
    return withResult(answered, (result) => ({ ...result, requestState: sealed }))
  }

  /** Continues a call that was released and that its server has answered with a question. */
  goOn(passage: Passage, name: string): Handled {
    const round = this.rounds.get(name)
    // each is continued once, by the process that began it: the call was approved once
    this.rounds.delete(name)
    const work = round && this.works.get(keyOf(round.held))
    if (!work) return say(passage, 'Nobody knows whether this call ran; it was not continued now.')
    const { requestState: _, ...params } = passage.request.message.params
    const args = round.held.isEdited ? { arguments: round.held.params } : {}
    const state = round.state === undefined ? {} : { requestState: round.state }
    const message = { ...passage.request.message, params: { ...params, ...args, ...state } }
    return this.sendOn(passage, work, round.held, writeJson(message), round.held)
  }

  /** Records what came of a call, beside what the client is answered. */
  private record(key: string, runId: string, toolCallId: string, answered: string): void {
    const { calls, log } = this.options
    const { status, text } = resultOf(answered)
    const recording = calls.record(runId, toolCallId, status, text).then(
      () => void this.works.delete(key),
      (error: unknown) => log(`the result of ${toolCallId} could not be recorded: ${String(error)}`),
    )
    this.recordings.add(recording)
    void recording.finally(() => this.recordings.delete(recording))
  }
}
