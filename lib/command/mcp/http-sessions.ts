import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { eventText } from './event-stream'
import type { Gate } from './gate'
import { say, type Served } from './http-front'
import { isId, lookAt, type Id } from './message'
import { Session } from './session'
import type { SessionRun } from './session-run'
import type { Connect, Connection } from './stdio-proxy'
import type { UpstreamFacts } from './upstream-facts'

type Options = { connect: Connect; gate: Gate; upstream: UpstreamFacts; newRun: () => SessionRun }

/** A session that nobody has used for so long is over. */
const idleMs = 3_600_000
const mostQueued = 1000

/**
 * A server that is a process, for clients of HTTP: each session has a process of its own, since the process knows one
 * client. Sessions are of the revisions that have them; a client of the newer one falls back to those.
 */
export class HttpSessions implements Served {
  private readonly sessions = new Map<string, HttpSession>()

  constructor(private readonly options: Options) {}

  async end(): Promise<void> {
    await Promise.all([...this.sessions.values()].map((one) => one.end()))
    await this.options.gate.recorded()
  }

  async handle(request: IncomingMessage, body: string, response: ServerResponse): Promise<void> {
    const id = request.headers['mcp-session-id']
    const known = typeof id === 'string' ? this.sessions.get(id) : undefined
    if (id !== undefined && !known) return say(response, 404, 'There is no such session; begin one.')
    switch (request.method) {
      case 'POST':
        return known ? known.post(body, response) : this.begin(body, response)
      case 'GET':
        return known ? known.get(response) : say(response, 400, 'A session begins with initialize.')
      case 'DELETE':
        if (!known) return say(response, 400, 'There is no session to end.')
        await known.end()
        response.writeHead(204).end()
        return
      default:
        response.setHeader('Allow', 'GET, POST, DELETE')
        return say(response, 405, 'This address takes GET, POST and DELETE.')
    }
  }

  private begin(body: string, response: ServerResponse): void {
    if (lookAt(body)?.method !== 'initialize') return say(response, 400, 'A session begins with initialize.')
    const id = randomUUID()
    const session = new HttpSession(this.options, () => this.sessions.delete(id))
    this.sessions.set(id, session)
    response.setHeader('Mcp-Session-Id', id)
    session.post(body, response)
  }
}

/** One client's session: its process, and the streams that it has open. */
class HttpSession {
  private readonly session: Session
  private readonly connection: Connection
  /** The stream of each request that is not answered yet. */
  private readonly asked = new Map<Id, ServerResponse>()
  private listening: ServerResponse | undefined
  /** What the server said while nobody listened. */
  private queue: string[] = []
  private idle: NodeJS.Timeout | undefined

  constructor(
    { connect, gate, upstream, newRun }: Options,
    private readonly forget: () => void,
  ) {
    this.connection = connect((text) => this.session.fromServer(text))
    this.session = new Session({
      gate,
      upstream,
      run: newRun(),
      toClient: (text) => this.toClient(text),
      toServer: (text) => this.connection.send(text),
    })
    void this.connection.ended.then((why) => {
      this.session.lose(why)
      this.close()
    })
    this.rest()
  }

  post(body: string, response: ServerResponse): void {
    this.rest()
    const message = lookAt(body)
    if (!message) return say(response, 400, 'Send one message of JSON at a time.')
    const { id, method } = message
    if (!isId(id) || method === undefined) {
      this.session.fromClient(body)
      response.writeHead(202).end()
      return
    }
    if (this.asked.has(id)) return say(response, 400, 'A request of this id is under way.')
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' })
    response.flushHeaders()
    this.asked.set(id, response)
    response.once('close', () => {
      // who has lost the stream of a held call does not hear of it any more; what runs goes on
      if (this.asked.get(id) !== response) return
      this.asked.delete(id)
      this.session.abandon(id)
    })
    this.session.fromClient(body)
  }

  get(response: ServerResponse): void {
    if (this.listening) return say(response, 409, 'The session has a stream open already.')
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' })
    response.flushHeaders()
    this.listening = response
    response.once('close', () => (this.listening = undefined))
    for (const text of this.queue.splice(0)) response.write(eventText(text))
  }

  async end(): Promise<void> {
    this.session.leave()
    await this.connection.end()
    this.close()
  }

  private toClient(text: string): void {
    const message = lookAt(text)
    const { id, method } = message ?? {}
    const asked = isId(id) && method === undefined ? this.asked.get(id) : undefined
    if (asked && isId(id)) {
      this.asked.delete(id)
      asked.end(eventText(text))
      return
    }
    // what the server says or asks meanwhile goes with the latest request
    const stream = [...this.asked.values()].at(-1) ?? this.listening
    if (stream) stream.write(eventText(text))
    else if (this.queue.length < mostQueued) this.queue.push(text)
  }

  private close(): void {
    clearTimeout(this.idle)
    for (const stream of this.asked.values()) stream.end()
    this.asked.clear()
    this.listening?.end()
    this.forget()
  }

  /** Begins to count anew how long nobody uses it. */
  private rest(): void {
    clearTimeout(this.idle)
    this.idle = setTimeout(() => {
      if (this.listening || this.asked.size > 0) this.rest()
      else void this.end()
    }, idleMs)
    this.idle.unref()
  }
}
