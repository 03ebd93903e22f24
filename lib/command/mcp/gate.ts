import { randomUUID } from 'node:crypto'
import { toCallId } from '@/lib/client/call-id'
import { Problem, Unavailable } from '@/lib/client/errors'
import { pause, sleep } from '@/lib/client/wait'
import { toolNamePattern, toolNameWords } from '@/lib/ids'
import { digestOf } from '@/lib/json/digest'
import { wordsOf } from '../exit'
import { oneLine } from '../printer'
import { refuse, replayed, say, waitingWords, withChanges, type Answered } from './answers'
import type { Calls, Held, Question } from './calls'
import { answer } from './message'
import { keyOf, type CallKey, type Handled, type Incoming, type Passage } from './passage'
import { Releases } from './releases'
import { stateMs, type Seal } from './request-state'
import { taskOf } from './task-messages'
import { Tasks } from './tasks'
import type { Waiters } from './waiters'

/** How long a round of a held call may take, in seconds. */
export type Holds = { withProgress: number; without: number; legacy: number }

export const usualHolds: Holds = { withProgress: 240, without: 45, legacy: 50 }

/** Clients of the 2026-07-28 revision give up after the tenth. */
const mostRounds = 9
const progressMs = 10_000
const mostAttempts = 5
/** For how long another process may still be at a call that it took. */
const patienceForOthersMs = 10_000

type Options = {
  calls: Calls
  seal: Seal
  waiters: Waiters
  holds: Holds
  /** Whoever may go on with a call of another process: the agent as whom, on this machine, this user asks. */
  principal: string
  /** Withdraws a request when its client leaves. */
  cancelsOnLeave: boolean
  log: (line: string) => void
}

/** Holds the calls of tools until they may run, and lets each run once. */
export class Gate {
  readonly tasks: Tasks
  private readonly releases: Releases
  /** Claims of this process that nobody made use of. */
  private readonly unused = new Set<string>()
  /** Approvals that somebody may still come back for, with their runs. */
  private readonly open = new Map<string, string>()

  constructor(private readonly options: Options) {
    this.releases = new Releases(options)
    this.tasks = new Tasks({ ...options, gate: this, releases: this.releases })
  }

  /** Holds a call until it may run, somebody has said no, or the round is over. */
  async handle(incoming: Incoming): Promise<Handled> {
    try {
      return await this.pass(incoming)
    } catch (error) {
      if (incoming.left.aborted) return { kind: 'gone' }
      const why = wordsOf(error)
      this.options.log(`${incoming.request.name} was not run: ${why}`)
      if (error instanceof Unavailable && error.code !== 'agent_paused') {
        return say(incoming, `Holdpoint could not be asked, so the tool was not run. ${why} Try again later.`)
      }
      return say(incoming, `The tool was not run: ${why}`)
    }
  }

  /** Resolves when what came of the calls is recorded. */
  async recorded(): Promise<void> {
    await this.releases.recorded()
  }

  /** Whether a call of this run may still be gone on with. */
  isOpen(runId: string): boolean {
    return [...this.open.values()].includes(runId)
  }

  /** Remembers whether somebody may still come back for a call. */
  keepOpen(held: Held): void {
    if (held.action === 'wait' || held.action === 'execute') this.open.set(held.id, held.runId)
    else this.open.delete(held.id)
  }

  /** Nobody comes back for this approval. */
  forget(approvalId: string): void {
    this.open.delete(approvalId)
  }

  /** Whether this process took an approval and has not made use of it. */
  isUnused(approvalId: string): boolean {
    return this.unused.has(approvalId)
  }

  private async pass(incoming: Incoming): Promise<Handled> {
    const { request, run, upstream } = incoming
    const { seal, principal, waiters } = this.options
    const { isOver } = run
    if (isOver !== undefined) return say(incoming, isOver)
    const tool = `${await upstream.name()}/${request.name}`
    if (!toolNamePattern.test(tool))
      throw new Problem(`Policies know it as ${oneLine(tool, 60)}. ${toolNameWords}`, {
        status: 422,
        code: 'invalid_tool_name',
      })
    const passage: Passage = {
      ...incoming,
      tool,
      digest: digestOf(tool, request.args),
      round: 1,
      isIdentified: true,
      callId: '',
      attempt: 1,
      key: '',
    }
    const state = request.requestState === undefined ? undefined : seal.open(request.requestState)
    if (state === null) return refuse(incoming, 'Invalid or expired requestState')
    if (state?.principal === principal && state.digest === passage.digest) {
      if (state.kind === 'released') return this.releases.goOn(passage, state.call)
      passage.round = state.round + 1
      return this.from(passage, async () => {
        const { held } = await this.options.calls.read(state.call, 0, [incoming.left])
        this.enter(passage, held)
        waiters.comesBack(passage.key)
        return held
      })
    }
    const given = request.meta['holdpoint/callId'] ?? request.meta['claudecode/toolUseId']
    if (typeof given === 'string' && given !== '') {
      passage.callId = await toCallId(given)
      return this.from(passage, async () => (await this.find(passage)) ?? this.ask(passage))
    }
    passage.isIdentified = false
    passage.callId = `mcp-${randomUUID()}`
    return this.from(passage, async () => (await this.attach(passage)) ?? this.ask(passage))
  }

  /** Goes through with a call from where it stands, and is taken to wait for it meanwhile. */
  private async from(passage: Passage, find: () => Promise<Held | Handled>): Promise<Handled> {
    const { waiters, cancelsOnLeave, calls } = this.options
    let held: Held | undefined
    try {
      for (let next = await find(); ;) {
        if ('kind' in next) return next
        held = next
        if (!passage.key) this.enter(passage, held)
        next = await this.follow(passage, held)
      }
    } catch (error) {
      if (cancelsOnLeave && passage.left.aborted && held?.action === 'wait') {
        await calls.withdraw(held.id).catch(() => undefined)
      }
      throw error
    } finally {
      if (passage.key) waiters.leave(passage.key)
    }
  }

  /** A call that an earlier process, or an earlier life of the client, asked about by this id. */
  private async find(passage: Passage): Promise<Held | undefined> {
    const found = await this.options.calls.list({ tool_call_id: idOf(passage), limit: '1' }, [passage.left])
    const [first] = found
    if (!first) return undefined
    if (first.digest === passage.digest) return first.held
    throw new Problem(`The call id ${passage.callId} was used for another call; give each call its own.`, {
      status: 409,
      code: 'idempotency_mismatch',
    })
  }

  /** An identical call that is undecided or approved and that nobody waits for any more. */
  private async attach(passage: Passage): Promise<Held | undefined> {
    const { calls, waiters } = this.options
    const query = { tool: passage.tool, status: 'pending,approved', limit: '100' }
    const list = await calls.list(query, [passage.left])
    const open = list
      .filter(({ digest }) => digest === passage.digest)
      .map(({ held }) => held)
      .filter(({ id, isClaimed, action }) =>
        isClaimed ? this.unused.has(id) : action === 'wait' || action === 'execute',
      )
      .filter((held) => !this.releases.has(keyOf(held)) && !waiters.isWaitedFor(keyOf(held), held.metadata))
    const held = open.find(({ action }) => action !== 'wait') ?? open.at(-1)
    if (held) this.enter(passage, held)
    return held
  }

  private enter(passage: Passage, held: Held): void {
    passage.callId = held.toolCallId
    passage.key = keyOf(held)
    this.options.waiters.enter(passage.key)
  }

  private async ask(passage: Passage): Promise<Held | Handled> {
    const { calls, waiters } = this.options
    const { run, tool, digest, request, upstream, left } = passage
    const runId = await run.id([left])
    const toolCallId = idOf(passage)
    // before anybody could find it with nobody waiting
    const key = keyOf({ runId, toolCallId })
    if (passage.key) waiters.leave(passage.key)
    passage.key = key
    waiters.enter(key)
    const question: Question = {
      runId,
      toolCallId,
      tool,
      params: request.args,
      paramsSchema: upstream.paramsSchemaOf(request.name),
      digest,
      context: { mcp: upstream.contextOf(request.name) },
      metadata: { client: run.client, proxy: waiters.mark },
    }
    const asked = await calls.ask(question, [left]).catch((error: unknown) => {
      throw run.heard(error)
    })
    if ('held' in asked) return asked.held
    if (asked.action === 'done') return this.earlier(passage, { runId, toolCallId })
    const begun = this.releases.begin(key)
    return begun
      ? this.releases.release(passage, begun, { runId, toolCallId })
      : this.releases.join(passage, key)
  }

  /** One step on with a held call. */
  private async follow(passage: Passage, held: Held): Promise<Held | Handled> {
    this.keepOpen(held)
    switch (held.action) {
      case 'wait':
        return passage.takesTasks ? this.beginTask(passage, held) : this.wait(passage, held)
      case 'execute':
        return this.take(passage, held)
      case 'done':
        if (this.unused.has(held.id)) return this.take(passage, held)
        if (passage.isIdentified || this.releases.has(keyOf(held))) {
          return this.earlier(passage, held)
        }
        return this.askAgain(passage, held)
      case 'ask_again':
        return this.askAgain(passage, held)
      case 'continue':
        return say(passage, held.message)
      case 'stop':
        return say(passage, passage.run.end(held))
    }
  }

  /** Lets the client ask for it from now on, instead of waiting. */
  private beginTask({ request, tool }: Passage, held: Held): Handled {
    const { waiters, log } = this.options
    log(`${tool} waits for a person, as a task: ${held.url}`)
    waiters.expect(keyOf(held))
    const task = taskOf(held, 'working', { statusMessage: waitingWords(held) })
    return { kind: 'answer', text: answer(request.id, { resultType: 'task', ...task }) }
  }

  /** Until it is decided, or the round is over. */
  private async wait(passage: Passage, held: Held): Promise<Held | Handled> {
    const { calls, holds, log } = this.options
    const { left, progress, isModern } = passage
    const seconds = isModern
      ? progress
        ? holds.withProgress
        : holds.without
      : progress
        ? Infinity
        : holds.legacy
    const begun = performance.now()
    const endsAt = begun + seconds * 1000
    log(`${passage.tool} waits for a person: ${held.url}`)
    const tell = () => {
      const passed = performance.now() - begun
      progress?.(waitingWords(held, passed), passed / 1000)
    }
    tell()
    const ticking = setInterval(tell, progressMs)
    try {
      for (let now = held; now.action === 'wait';) {
        const leftMs = endsAt - performance.now()
        if (leftMs <= 0) return this.stillWaiting(passage, now)
        const asked = performance.now()
        const wait = Math.min(50, Math.ceil(leftMs / 1000))
        const roundEnd = AbortSignal.timeout(Math.ceil(Math.min(2 ** 31 - 1, leftMs + 1000)))
        try {
          const read = await calls.read(held.id, wait, [left, roundEnd])
          if (read.held.action !== 'wait') return read.held
          now = read.held
          await pause(asked, read.isHeldOpen ? wait : 0, [left, roundEnd])
        } catch (error) {
          left.throwIfAborted()
          // a round that fails is asked again; what ends it is its time
          if (!(error instanceof Unavailable) && !roundEnd.aborted) throw error
        }
      }
      return held
    } finally {
      clearInterval(ticking)
    }
  }

  private stillWaiting(passage: Passage, held: Held): Handled {
    const { seal, principal, waiters } = this.options
    const { isModern, round, digest, request } = passage
    if (!isModern || round >= mostRounds) {
      const words = 'Call this tool again with the same arguments; changing them asks anew.'
      return say(passage, `Still waiting for a person (${held.url}). ${words}`)
    }
    waiters.expect(keyOf(held))
    const exp = Date.now() + stateMs
    const requestState = seal.put({ call: held.id, kind: 'held', round, principal, digest, exp })
    return { kind: 'answer', text: answer(request.id, { resultType: 'input_required', requestState }) }
  }

  /** Takes the one use of an approval. */
  async take(passage: Passage, held: Held): Promise<Held | Handled> {
    const key = keyOf(held)
    passage.left.throwIfAborted()
    const begun = this.releases.begin(key)
    if (!begun) return passage.isIdentified ? this.releases.join(passage, key) : this.askAgain(passage, held)
    try {
      // whether the claim arrived is not known until it is answered
      this.unused.add(held.id)
      const taken = await this.options.calls.claim(held)
      if (!taken.isGranted) {
        this.unused.delete(held.id)
        this.releases.drop(key, begun)
        return taken.held
      }
      // approved with nobody there is not executed: the next identical call takes it
      passage.left.throwIfAborted()
      this.unused.delete(held.id)
      this.open.delete(held.id)
    } catch (error) {
      this.releases.drop(key, begun)
      throw passage.run.heard(error)
    }
    return this.releases.release(passage, begun, held)
  }

  private async askAgain(passage: Passage, held: Held): Promise<Held | Handled> {
    if (passage.attempt >= mostAttempts) return say(passage, `The tool was not run: ${held.message}`)
    passage.attempt++
    if (!passage.isIdentified) passage.callId = `mcp-${randomUUID()}`
    return this.ask(passage)
  }

  /** What became of a call that was let through before. */
  async earlier(passage: Passage, call: Held | CallKey): Promise<Answered> {
    const { calls } = this.options
    const { left } = passage
    const { runId, toolCallId } = call
    const key = keyOf(call)
    const until = performance.now() + patienceForOthersMs
    for (;;) {
      if (this.releases.has(key)) return this.releases.join(passage, key)
      const recorded = await calls.readCall(runId, toolCallId, [left])
      if (recorded.status === 'succeeded' || recorded.status === 'failed') {
        return withEdit(replayed(passage, recorded), call)
      }
      if (performance.now() >= until) break
      await sleep(1000, [left])
    }
    const words = `nobody knows whether it ran. Look whether ${passage.tool} ran before you call it anew`
    return say(
      passage,
      `This call was let through before and no result is recorded: ${words}. It was not run now.`,
    )
  }
}

function withEdit(answered: Answered, call: Held | CallKey): Answered {
  const isEdited = 'isEdited' in call && call.isEdited
  return isEdited ? { ...answered, text: withChanges(answered.text, call.params) } : answered
}

function idOf({ callId, attempt, isIdentified }: Passage): string {
  return isIdentified && attempt > 1 ? `${callId}.${attempt}` : callId
}
