import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { isObject } from '@/lib/client/json'
import { eventText, readEvents } from './event-stream'
import type { Gate } from './gate'
import { HttpConnection } from './http-connection'
import { say, type Served } from './http-front'
import {
  clean,
  failure,
  isId,
  isModern,
  lookAt,
  rpcCode,
  unanswered,
  wire,
  type Id,
  type Message,
} from './message'
import { OwnRequests } from './own-requests'
import type { Released } from './passage'
import { paramHeaders, standardHeaders } from './request-headers'
import { clientOf, progressOf, readCall } from './session'
import type { SessionRun } from './session-run'
import { badRequest, declaresTasks, readTaskRequest, withTasks, type TaskRequest } from './task-messages'
import type { UpstreamFacts } from './upstream-facts'

/** Of one hop, or made anew by whoever sends. */
const ofOneHop = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'host',
  'keep-alive',
  'origin',
  'te',
  'transfer-encoding',
  'upgrade',
])
/** A client's own credentials are for who it speaks to, which is not the server behind. */
const ofTheClient = new Set(['authorization', 'cookie', 'accept-encoding'])
/** Credentials of the server are nobody's business. */
const ofTheServer = new Set(['set-cookie'])

type Options = {
  url: string
  headers: Record<string, string>
  gate: Gate
  upstream: UpstreamFacts
  newRun: () => SessionRun
}

/** A server at an address, for clients of HTTP: requests and answers are passed on as they are. */
export class HttpRelay implements Served {
  /** By session, or where the client has none by the client. */
  private readonly runs = new Map<string, SessionRun>()
  /** Calls whose answer may come on another stream, by session and id. */
  private readonly released = new Map<string, Released>()
  private readonly ending = new AbortController()
  private readonly own = new OwnRequests()
  private readonly connection: HttpConnection

  constructor(private readonly options: Options) {
    const { url, headers, upstream } = options
    this.connection = new HttpConnection(url, headers, upstream, (text) => {
      const id = lookAt(text)?.id
      if (isId(id)) this.own.hear(id, text)
    })
  }

  async end(): Promise<void> {
    this.ending.abort(new Error('the proxy ends'))
    await this.connection.end()
    this.own.lose()
    await this.options.gate.recorded()
  }

  async handle(request: IncomingMessage, body: string, response: ServerResponse): Promise<void> {
    const leaving = new AbortController()
    response.once('close', () => response.writableFinished || leaving.abort(new Error('the client has left')))
    const left = AbortSignal.any([leaving.signal, this.ending.signal])
    if (request.method !== 'POST') return this.passOn(request, undefined, {}, response, left)
    const cleaned = clean(body)
    if (!cleaned) return this.refuse(body, request, response, left)
    const { text, message } = cleaned
    const task = readTaskRequest(text, message)
    if (task) return this.task(task, request, message, response, left)
    if (message.method !== 'tools/call') return this.passOn(request, text, message, response, left)
    if (!isId(message.id)) return say(response, 400, 'A call has an id.')
    await this.call(message.id, body, request, message, response, left)
  }

  /** What is no message goes to the server, which says so in its way; but not several at once, among which a call may be. */
  private refuse(body: string, request: IncomingMessage, response: ServerResponse, left: AbortSignal) {
    if (body.trimStart().startsWith('[')) return say(response, 400, 'Send one message at a time.')
    return isJson(body)
      ? say(response, 400, 'A message is an object.')
      : this.passOn(request, '{', {}, response, left)
  }

  private async task(
    task: TaskRequest,
    { headers }: IncomingMessage,
    message: Message,
    response: ServerResponse,
    left: AbortSignal,
  ): Promise<void> {
    const said = standardHeaders(message, String(task.meta[`${wire}protocolVersion`]))
    const wrong = Object.keys(said).find((name) => headers[name.toLowerCase()] !== said[name])
    if (wrong !== undefined) {
      const words = `The header ${wrong} does not say what the request says.`
      return reply(response, failure(task.id, badRequest.headers, words), 400)
    }
    const text = await this.options.gate.tasks.handle({
      request: task,
      upstream: this.options.upstream,
      run: this.runOf(headers, message),
      left,
      send: (id, call) => this.own.make(id, () => this.connection.send(call)),
    })
    if (text === undefined) return void response.destroy()
    const { code } = Object(lookAt(text)?.error) as { code?: unknown }
    reply(response, text, code === badRequest.capability ? 400 : 200)
  }

  private async call(
    id: Id,
    body: string,
    request: IncomingMessage,
    message: Message,
    response: ServerResponse,
    left: AbortSignal,
  ): Promise<void> {
    const { gate, upstream } = this.options
    const call = readCall(id, body)
    if (typeof call === 'string') return reply(response, call)
    const token = call.meta.progressToken
    const handled = await gate.handle({
      request: call,
      text: body,
      isModern: isModern(call.meta),
      takesTasks: isModern(call.meta) && declaresTasks(call.meta),
      upstream,
      run: this.runOf(request.headers, message),
      left,
      progress: isId(token)
        ? (words, seconds) => void stream(response).write(eventText(progressOf(token, words, seconds)))
        : undefined,
    })
    if (handled.kind === 'answer') return reply(response, handled.text)
    if (handled.kind === 'gone') return void response.destroy()
    const { released } = handled
    const session = request.headers['mcp-session-id']
    const key = `${String(session)} ${id}`
    if (session !== undefined) this.released.set(key, released)
    try {
      await this.passOn(request, released.text, lookAt(released.text) ?? {}, response, left, released)
    } finally {
      // what an older server has not answered yet may come on another stream of the session
      if (session === undefined || !this.released.has(key)) released.lose()
    }
  }

  /** The run that the calls of a client belong to. */
  private runOf({ 'mcp-session-id': session }: IncomingHttpHeaders, message: Message): SessionRun {
    const client = clientOf(message)
    const key = typeof session === 'string' ? session : `client ${client ?? ''}`
    const run = this.runs.get(key) ?? this.options.newRun()
    this.runs.set(key, run)
    run.client = client ?? run.client
    return run
  }

  /** Sends a request on, and its answer back. */
  private async passOn(
    request: IncomingMessage,
    body: string | undefined,
    message: Message,
    response: ServerResponse,
    left: AbortSignal,
    released?: Released,
  ): Promise<void> {
    const { upstream, headers } = this.options
    const changed = released?.changedArgs
    const given = headersOf(
      request.headers,
      [ofOneHop, ofTheClient],
      changed === undefined ? /^$/ : /^mcp-param-/,
    )
    const more =
      changed === undefined ? {} : paramHeaders(upstream.inputSchemaOf(String(message.params?.name)), changed)
    const id = isId(message.id) ? message.id : null
    const lost = (words: string) => {
      this.released.delete(`${String(request.headers['mcp-session-id'])} ${String(id)}`)
      released?.lose()
      return id === null ? failure(id, rpcCode.internal, words) : unanswered(id, words)
    }
    let answered: Response
    try {
      answered = await fetch(this.options.url, {
        method: request.method ?? 'GET',
        headers: { ...given, ...more, ...headers },
        ...(body !== undefined && { body }),
        redirect: 'manual',
        signal: left,
      })
    } catch (error) {
      if (left.aborted) return void response.destroy()
      const words = `The server did not answer: ${String((error as Error).cause ?? error)}`
      const answer = lost(words)
      return response.headersSent ? reply(response, answer) : say(response, 502, words)
    }
    const session = answered.headers.get('mcp-session-id') ?? request.headers['mcp-session-id'] ?? ''
    if (message.method === 'initialize') this.runOf({ 'mcp-session-id': String(session) }, message)
    const see = (text: string) => this.see(String(session), message, text, released)
    const isStream = /^text\/event-stream/i.test(answered.headers.get('content-type') ?? '')
    if (!response.headersSent) {
      response.writeHead(
        answered.status,
        headersOf(Object.fromEntries(answered.headers), [ofOneHop, ofTheServer]),
      )
      if (isStream) response.flushHeaders()
    } else if (!isStream) {
      // a stream was begun while the call was held
      const text = await answered.text()
      const isAnswer = lookAt(text)?.id === message.id
      return reply(response, isAnswer ? see(text) : lost(text.slice(0, 500)))
    }
    try {
      if (!isStream) {
        const text = await answered.text()
        // an older server takes it and answers on another stream
        if (answered.status !== 202 && lookAt(text)?.id !== message.id) lost(text)
        return void response.end(see(text))
      }
      if (answered.body) {
        for await (const event of readEvents(answered.body)) {
          const seen = event.data ? see(event.data) : event.data
          const raw =
            seen === event.data
              ? event.raw
              : `${event.id === undefined ? '' : `id: ${event.id}\n`}${eventText(seen!)}`
          response.write(raw)
        }
      }
      response.end()
    } catch (error) {
      response.destroy()
      if (!left.aborted) throw error
    }
  }

  /** Looks at a message of the server. @returns what the client gets */
  private see(session: string, request: Message, text: string, released: Released | undefined): string {
    const message = lookAt(text)
    if (!message || !isId(message.id) || message.method !== undefined) return text
    const key = `${session} ${message.id}`
    const known = request.id === message.id ? released : this.released.get(key)
    this.released.delete(key)
    if (known) return known.finish(text)
    if (request.id !== message.id) return text
    this.options.upstream.heard(request.method, text)
    return withTasks(request, text)
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function headersOf(
  headers: IncomingHttpHeaders,
  without: Set<string>[],
  pattern = /^$/,
): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || pattern.test(name) || without.some((names) => names.has(name))) continue
    found[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return found
}

/** Begins a stream of events where none was begun. */
function stream(response: ServerResponse): ServerResponse {
  if (!response.headersSent) {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' })
  }
  return response
}

/** One message as the answer. */
function reply(response: ServerResponse, text: string, status = 200): void {
  if (response.headersSent) return void response.end(eventText(text))
  response.writeHead(status, { 'Content-Type': 'application/json' })
  response.end(text)
}

const discover = {
  jsonrpc: '2.0',
  id: 'discover',
  method: 'server/discover',
  params: {
    _meta: {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'holdpoint', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    },
  },
}

const initialize = {
  jsonrpc: '2.0',
  id: 'initialize',
  method: 'initialize',
  params: {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'holdpoint', version: '1' },
  },
}

/** Has a server at an address say what it calls itself, in either revision. */
export async function askForInfo(url: string, headers: Record<string, string>): Promise<unknown> {
  for (const message of [discover, initialize]) {
    const isFirst = message === discover
    const more: Record<string, string> = isFirst
      ? { 'MCP-Protocol-Version': '2026-07-28', 'Mcp-Method': message.method }
      : {}
    const signal = AbortSignal.timeout(10_000)
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/json, text/event-stream',
        ...more,
        ...headers,
      },
      body: JSON.stringify(message),
      signal,
    }).catch(() => undefined)
    if (!response?.ok || !response.body) continue
    const isStream = /^text\/event-stream/i.test(response.headers.get('content-type') ?? '')
    const session = response.headers.get('mcp-session-id')
    const result = isStream ? await firstResult(response.body) : lookAt(await response.text())?.result
    if (session !== null) {
      await fetch(url, {
        method: 'DELETE',
        headers: { 'Mcp-Session-Id': session, ...headers },
        signal,
      }).catch(() => undefined)
    }
    if (!isObject(result)) continue
    const meta = isObject(result._meta) ? result._meta : {}
    return result.serverInfo ?? meta['io.modelcontextprotocol/serverInfo']
  }
  return undefined
}

async function firstResult(body: ReadableStream<Uint8Array>): Promise<unknown> {
  for await (const { data } of readEvents(body)) {
    const message = data ? lookAt(data) : undefined
    if (message?.result !== undefined) return message.result
  }
  return undefined
}
