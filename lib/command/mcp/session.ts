import { AppError } from '@/lib/errors'
import { isObject } from '@/lib/client/json'
import { writeJson } from '@/lib/json/write'
import type { Gate } from './gate'
import {
  answer,
  clean,
  failure,
  faultOf,
  isId,
  isModern,
  isUnanswered,
  lookAt,
  metaOf,
  readToolRequest,
  rpcCode,
  wire,
  type Id,
  type Message,
  type ToolRequest,
} from './message'
import type { Released } from './passage'
import { OwnRequests } from './own-requests'
import type { SessionRun } from './session-run'
import { declaresTasks, readTaskRequest, withTasks, type TaskRequest } from './task-messages'
import type { UpstreamFacts } from './upstream-facts'

/** Whose a tool is that a client calls by some name, what its server calls it, and the way to that server. */
export type Located = { facts: UpstreamFacts; name: string; send: (text: string) => void }
export type Locate = (name: string) => Promise<Located | undefined>

type Options = {
  gate: Gate
  upstream: UpstreamFacts
  /** Where the server is several as one; else every tool is of `upstream`. */
  locate?: Locate | undefined
  run: SessionRun
  toClient: (text: string) => void
  toServer: (text: string) => void
}

/**
 * What stands between one client and one server: every message is passed on as it came, in both directions, and a call of
 * a tool once it may run.
 */
export class Session {
  /** Methods of the requests that the server has not answered yet. */
  private readonly asked = new Map<Id, Message>()
  private readonly held = new Map<Id, AbortController>()
  private readonly released = new Map<Id, Released>()
  /** Requests about tasks. */
  private readonly tasks = new Map<Id, AbortController>()
  private readonly own = new OwnRequests()
  private readonly ending = new AbortController()
  /** Why the server has ended. */
  private lost: string | undefined

  constructor(private readonly options: Options) {}

  /** A message of the client. */
  fromClient(line: string): void {
    const { toClient, toServer, run, locate } = this.options
    const cleaned = clean(line)
    if (!cleaned) {
      const isBatch = line.trimStart().startsWith('[')
      const words = isBatch ? 'Send one message at a time.' : 'This is no JSON.'
      return toClient(failure(null, isBatch ? rpcCode.invalidRequest : rpcCode.parse, words))
    }
    const { text, message } = cleaned
    const { id, method, params } = message
    if (this.lost !== undefined) {
      if (isId(id) && method !== undefined) toClient(failure(id, rpcCode.internal, this.lost))
      return
    }
    if (method === 'tools/call') {
      // without an id nobody could be told that it was held
      if (isId(id)) void this.call(id, line)
      return
    }
    const task = locate ? undefined : readTaskRequest(text, message)
    if (task) return void this.task(task)
    if (method === 'notifications/cancelled' && this.cancel(params?.requestId)) return
    if (isId(id) && method !== undefined) {
      this.asked.set(id, message)
      run.client = clientOf(message) ?? run.client
    }
    toServer(text)
  }

  /** A message of the server. */
  fromServer(text: string): void {
    const { toClient, upstream } = this.options
    const message = lookAt(text)
    if (!message || !isId(message.id) || message.method !== undefined) return toClient(text)
    const released = this.released.get(message.id)
    if (released) {
      this.released.delete(message.id)
      if (!isUnanswered(message)) return toClient(released.finish(text))
      released.lose()
      return toClient(text)
    }
    if (this.own.hear(message.id, text)) return
    const asked = this.asked.get(message.id)
    upstream.heard(asked?.method, text)
    this.asked.delete(message.id)
    toClient(withTasks(asked, text))
  }

  /** Nobody waits for the answer to a request any more: where that is held, it stays pending. */
  abandon(id: Id): void {
    this.held.get(id)?.abort(new Error('the client has left'))
  }

  /** The client has left: what is held stays pending. */
  leave(): void {
    this.ending.abort(new Error('the client has left'))
    for (const controller of this.held.values()) controller.abort(new Error('the client has left'))
  }

  /** The server has ended: what it was sent is answered by nobody, and what is held stays pending and is not run. */
  lose(why: string): void {
    const tell = (id: Id, words: string) => this.options.toClient(failure(id, rpcCode.internal, words))
    this.lost ??= why
    this.leave()
    for (const released of this.released.values()) released.lose()
    for (const id of this.held.keys()) tell(id, `${why} The tool was not run.`)
    for (const id of [...this.released.keys(), ...this.asked.keys(), ...this.tasks.keys()]) tell(id, why)
    for (const one of [this.held, this.released, this.asked, this.tasks]) one.clear()
    this.own.lose()
  }

  private cancel(id: unknown): boolean {
    const controller = isId(id) ? (this.held.get(id) ?? this.tasks.get(id)) : undefined
    controller?.abort(new Error('the client has cancelled the call'))
    return controller !== undefined
  }

  private async task(request: TaskRequest): Promise<void> {
    const { gate, upstream, run, toClient, toServer } = this.options
    const leaving = new AbortController()
    this.tasks.set(request.id, leaving)
    const text = await gate.tasks.handle({
      request,
      upstream,
      run,
      left: AbortSignal.any([leaving.signal, this.ending.signal]),
      send: (id, call) => this.own.make(id, () => toServer(call)),
    })
    this.tasks.delete(request.id)
    if (text !== undefined) toClient(text)
  }

  private async call(id: Id, line: string): Promise<void> {
    const { gate, upstream, locate, run, toClient, toServer } = this.options
    if (this.held.has(id) || this.released.has(id)) {
      return toClient(failure(id, rpcCode.invalidRequest, 'A request of this id is under way.'))
    }
    const request = readCall(id, line)
    if (typeof request === 'string') return toClient(request)
    run.client = clientOf({ method: 'tools/call', params: request.message.params }) ?? run.client
    const leaving = new AbortController()
    this.held.set(id, leaving)
    const token = request.meta.progressToken
    const found = locate
      ? await locate(request.name).catch(() => undefined)
      : { facts: upstream, name: request.name, send: toServer }
    if (!found) {
      this.held.delete(id)
      return toClient(failure(id, rpcCode.invalidParams, `There is no tool ${request.name} here.`))
    }
    const handled = await gate.handle({
      request: { ...request, name: found.name },
      text: line.replace(/[\r\n]+/g, ' '),
      isModern: isModern(request.meta),
      takesTasks: !locate && isModern(request.meta) && declaresTasks(request.meta),
      upstream: found.facts,
      run,
      left: leaving.signal,
      progress: isId(token) ? (message, seconds) => toClient(progressOf(token, message, seconds)) : undefined,
    })
    this.held.delete(id)
    if (handled.kind === 'answer') toClient(handled.text)
    if (handled.kind !== 'release') return
    this.released.set(id, handled.released)
    found.send(handled.released.text)
  }
}

/** A call as it was read; or what the client is answered where it cannot be. */
export function readCall(id: Id, line: string): ToolRequest | string {
  try {
    return readToolRequest(line)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    if (error.code === 'invalid_input') return failure(id, rpcCode.invalidParams, error.message)
    const text = `This call could not be asked about, so the tool was not run. ${faultOf(error)}`
    const result = { content: [{ type: 'text', text }], isError: true }
    return answer(id, isModern(metaOf(lookAt(line))) ? { resultType: 'complete', ...result } : result)
  }
}

export function progressOf(progressToken: Id, message: string, seconds: number): string {
  const params = { progressToken, progress: Math.round(seconds * 1000) / 1000, message }
  return writeJson({ jsonrpc: '2.0', method: 'notifications/progress', params })
}

/** Name and version of a client, where a message says them. */
export function clientOf(message: Message): string | undefined {
  const info =
    message.method === 'initialize' ? message.params?.clientInfo : metaOf(message)[`${wire}clientInfo`]
  if (!isObject(info) || typeof info.name !== 'string') return undefined
  return `${info.name} ${typeof info.version === 'string' ? info.version : ''}`.trim().slice(0, 200)
}
