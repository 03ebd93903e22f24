import { randomUUID } from 'node:crypto'
import { Problem, Unavailable } from '@/lib/client/errors'
import { isObject, type JsonObject } from '@/lib/client/json'
import { sleep } from '@/lib/client/wait'
import { digestOf } from '@/lib/json/digest'
import { readJson } from '@/lib/json/read'
import { writeJson } from '@/lib/json/write'
import { wordsOf } from '../exit'
import { say, waitingWords } from './answers'
import type { Calls, Held } from './calls'
import type { Gate } from './gate'
import { answer, failure, rpcCode, type Id } from './message'
import { keyOf, type Incoming, type Passage, type Released } from './passage'
import type { Releases } from './releases'
import type { Seal } from './request-state'
import { declaresTasks, endedTask, lacksTasks, taskOf, withoutTasks, type TaskRequest } from './task-messages'
import type { Waiters } from './waiters'

/** For how long a tool that has just begun may keep an answer. */
const soonMs = 2000

/** A client's request about a task. */
export type AskedTask = Pick<Incoming, 'upstream' | 'run' | 'left'> & {
  request: TaskRequest
  /** Sends a call to the server, whoever hears of it. @returns the answer; undefined where none will come */
  send: (id: Id, text: string) => Promise<string | undefined>
}

/** What a server asked in the midst of a task's call, by the keys under which the client was told it. */
type Asking = {
  round: string
  requests: JsonObject
  keys: Map<string, string>
  responses: JsonObject
}

type Options = {
  gate: Gate
  calls: Calls
  releases: Releases
  waiters: Waiters
  seal: Seal
  log: (line: string) => void
}

/**
 * Held calls as tasks, for clients that take them: a task is an approval, so that every process of the agent knows it and
 * none has to live for it. Whoever asks for one that is approved has it run, once, and its result when there is one.
 */
export class Tasks {
  private readonly running = new Map<string, Promise<void>>()
  private readonly asking = new Map<string, Asking>()
  /** Answers that nobody was told yet: what is recorded of a long one is only its start. */
  private readonly finished = new Map<string, string>()
  /** Taken back too late to be withdrawn. */
  private readonly dropped = new Set<string>()

  constructor(private readonly options: Options) {}

  /** @returns the answer; undefined where nobody is there to be told */
  async handle(asked: AskedTask): Promise<string | undefined> {
    const { id, method, taskId, meta } = asked.request
    if (!declaresTasks(meta)) return lacksTasks(id)
    try {
      const held = await this.find(asked)
      if (!held) return failure(id, rpcCode.invalidParams, `There is no task ${taskId} here.`)
      if (method === 'tasks/get') {
        return answer(id, { resultType: 'complete', ...(await this.get(asked, held)) })
      }
      if (method === 'tasks/cancel') await this.cancel(held)
      else this.update(asked, held)
      return answer(id, { resultType: 'complete' })
    } catch (error) {
      if (asked.left.aborted) return undefined
      const why = wordsOf(error)
      this.options.log(`${method} ${taskId}: ${why}`)
      const away = 'Holdpoint could not be asked about the task, which stays as it is.'
      const isAway = error instanceof Unavailable && error.code !== 'agent_paused'
      const words = isAway ? `${away} ${why} Try again later.` : why
      return failure(id, rpcCode.internal, words)
    }
  }

  /** An approval that a proxy of this agent asked for, about a tool of this server. */
  private async find({ request, upstream, left }: AskedTask): Promise<Held | undefined> {
    const { calls } = this.options
    try {
      const { held } = await calls.read(request.taskId, 0, [left])
      const isOurs = held.agent === calls.agent && typeof held.metadata.proxy === 'string'
      return isOurs && held.tool.startsWith(`${await upstream.name()}/`) ? held : undefined
    } catch (error) {
      if (error instanceof Problem && error.status === 404) return undefined
      throw error
    }
  }

  private async get(asked: AskedTask, found: Held): Promise<JsonObject> {
    const { gate, releases, waiters } = this.options
    const passage = passageOf(asked, found)
    const { key } = passage
    waiters.comesBack(key)
    for (let held = found; ;) {
      const { id } = held
      const told = this.finished.get(id)
      if (told !== undefined) {
        this.finished.delete(id)
        return endedTask(held, told)
      }
      const asking = this.asking.get(id)
      if (asking) return taskOf(held, 'input_required', { inputRequests: asking.requests })
      const running = this.running.get(id)
      if (running) {
        await Promise.race([running, sleep(soonMs, [asked.left])])
        if (this.running.has(id)) return taskOf(held, 'working', { statusMessage: 'The tool runs.' })
        continue
      }
      if (releases.has(key)) {
        return endedTask(held, (await releases.join(passage, key)).text)
      }
      gate.keepOpen(held)
      const isToBeTaken = held.action === 'execute' || (held.action === 'done' && gate.isUnused(id))
      if (held.status === 'cancelled' || (isToBeTaken && this.dropped.has(id))) {
        return taskOf(held, 'cancelled', {
          statusMessage: 'The request was withdrawn; the tool was not run.',
        })
      }
      if (isToBeTaken) {
        const next = await gate.take(passage, held)
        if (!('kind' in next)) held = next
        else if (next.kind === 'release') this.run(asked, id, passage, next.released)
        else if (next.kind === 'answer') return endedTask(held, next.text)
        else throw asked.left.reason
        continue
      }
      switch (held.action) {
        case 'wait':
          waiters.expect(key)
          return taskOf(held, 'working', { statusMessage: waitingWords(held) })
        case 'done':
          return endedTask(held, (await gate.earlier(passage, held)).text)
        case 'stop':
          return endedTask(held, say(passage, asked.run.end(held)).text)
        default:
          return endedTask(held, say(passage, held.message).text)
      }
    }
  }

  /** Sends the call of a task to its server, and takes the answer, whether or not anybody asks for it meanwhile. */
  private run(asked: AskedTask, taskId: string, { request }: Passage, released: Released): void {
    const running = asked
      .send(request.id, released.text)
      .then((answered) => {
        if (answered === undefined) return released.lose()
        const text = released.finish(answered)
        const asking = this.askingIn(text)
        if (asking) this.asking.set(taskId, asking)
        else this.finished.set(taskId, text)
      })
      .catch((error: unknown) => {
        released.lose()
        this.options.log(`the answer of ${request.name} could not be read: ${String(error)}`)
      })
      .finally(() => this.running.delete(taskId))
    this.running.set(taskId, running)
  }

  private askingIn(text: string): Asking | undefined {
    const { result } = readJson(text) as { result?: unknown }
    if (!isObject(result) || result.resultType !== 'input_required') return undefined
    const state = this.options.seal.open(String(result.requestState))
    const given = isObject(result.inputRequests) ? result.inputRequests : {}
    // a task uses no key twice, and its server may in each round
    const names = Object.keys(given).map((name): [string, string] => [`${name}-${randomUUID()}`, name])
    return {
      round: state?.call ?? '',
      requests: Object.fromEntries(names.map(([key, name]) => [key, given[name]])),
      keys: new Map(names),
      responses: {},
    }
  }

  /** Takes answers to what the server asked, and goes on when there is one to each. */
  private update(asked: AskedTask, held: Held): void {
    const asking = this.asking.get(held.id)
    const { inputResponses } = asked.request.params
    if (!asking || !isObject(inputResponses)) return
    for (const [key, response] of Object.entries(inputResponses)) {
      const name = asking.keys.get(key)
      if (name === undefined || !Object.hasOwn(asking.requests, key)) continue
      asking.responses[name] = response
      delete asking.requests[key]
    }
    if (Object.keys(asking.requests).length > 0) return
    this.asking.delete(held.id)
    const passage = passageOf(asked, held)
    passage.request.message.params.inputResponses = asking.responses
    const next = this.options.releases.goOn(passage, asking.round)
    if (next.kind === 'release') this.run(asked, held.id, passage, next.released)
    else if (next.kind === 'answer') this.finished.set(held.id, next.text)
  }

  /** Withdraws what waits. What somebody has approved meanwhile is not run for this client; what runs goes on. */
  private async cancel(held: Held): Promise<void> {
    const { calls, gate, waiters } = this.options
    waiters.comesBack(keyOf(held))
    try {
      await calls.withdraw(held.id)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
    }
    this.dropped.add(held.id)
    gate.forget(held.id)
  }
}

/** The call that a task is about, as its server is sent it. */
function passageOf({ request, upstream, run, left }: AskedTask, held: Held): Passage {
  const id = `holdpoint-${randomUUID()}`
  const name = held.tool.slice(held.tool.indexOf('/') + 1)
  const meta = withoutTasks(request.meta)
  const params = { name, arguments: held.params, _meta: meta }
  const message = { jsonrpc: '2.0', id, method: 'tools/call', params }
  return {
    request: { id, name, args: held.params, meta, requestState: undefined, message },
    text: writeJson(message),
    isModern: true,
    takesTasks: false,
    upstream,
    run,
    left,
    progress: undefined,
    tool: held.tool,
    digest: digestOf(held.tool, held.params),
    round: 1,
    isIdentified: true,
    callId: held.toolCallId,
    attempt: 1,
    key: keyOf(held),
  }
}
