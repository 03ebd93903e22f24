import { isObject } from '@/lib/client/json'
import { sleep } from '@/lib/client/wait'
import { readEvents, type StreamEvent } from './event-stream'
import { isId, isModern, lookAt, unanswered, type Id, type Message } from './message'
import { paramHeaders, standardHeaders } from './request-headers'
import type { Connection } from './stdio-proxy'
import type { UpstreamFacts } from './upstream-facts'

const byeMs = 2000
const mostResumptions = 20

/** A server at an address, for a client that speaks on one line: Streamable HTTP of either revision. */
export class HttpConnection implements Connection {
  readonly ended: Promise<string>
  private end_: (why: string) => void = () => undefined
  private readonly ending = new AbortController()
  /** Requests under way, which a client of the newer revision cancels by closing them. */
  private readonly open = new Map<Id, AbortController>()
  /** A notification is heard before what follows it. */
  private turn: Promise<unknown> = Promise.resolve()
  private sessionId: string | undefined
  private version: string | undefined

  constructor(
    private readonly url: string,
    private readonly headers: Record<string, string>,
    private readonly facts: UpstreamFacts,
    private readonly onMessage: (text: string) => void,
  ) {
    this.ended = new Promise((resolve) => (this.end_ = resolve))
  }

  send(text: string): void {
    const message = lookAt(text) ?? {}
    const { id, method, params } = message
    if (method === 'notifications/cancelled' && isId(params?.requestId)) {
      const open = this.open.get(params.requestId)
      if (open) return open.abort()
    }
    if (isId(id) && method !== undefined) {
      void this.turn.then(() => this.request(id, message, text))
      return
    }
    this.turn = this.turn.then(() => this.tell(message, text)).catch(() => undefined)
  }

  async end(): Promise<void> {
    this.ending.abort(new Error('the client has left'))
    if (this.sessionId === undefined) return
    const signal = AbortSignal.timeout(byeMs)
    await fetch(this.url, { method: 'DELETE', headers: this.headersOf({}), signal }).catch(() => undefined)
  }

  /** A notification, or an answer to the server. */
  private async tell(message: Message, text: string): Promise<void> {
    const response = await this.post(message, text, this.ending.signal)
    await response.body?.cancel()
    if (message.method === 'notifications/initialized') void this.listen()
  }

  private async request(id: Id, message: Message, text: string): Promise<void> {
    const closing = new AbortController()
    if (isModernMessage(message)) this.open.set(id, closing)
    const signal = AbortSignal.any([this.ending.signal, closing.signal])
    try {
      const response = await this.post(message, text, signal)
      if (message.method === 'initialize')
        this.sessionId = response.headers.get('mcp-session-id') ?? undefined
      if (/^text\/event-stream/i.test(response.headers.get('content-type') ?? '')) {
        await this.readUntil(id, message, response, signal)
      } else {
        this.take(id, message, response, await response.text())
      }
    } catch (error) {
      if (signal.aborted) return
      this.onMessage(unanswered(id, `The server at ${this.url} did not answer: ${causeOf(error)}`))
    } finally {
      this.open.delete(id)
    }
  }

  private take(id: Id, message: Message, response: Response, text: string): void {
    const answered = lookAt(text)
    if (answered?.id !== id) {
      const words = `The server at ${this.url} answered with status ${response.status} and no message.`
      return this.onMessage(unanswered(id, words))
    }
    this.heed(message, answered)
    this.onMessage(text)
    if (response.status === 404 && this.sessionId !== undefined)
      this.end_('The server has ended the session.')
  }

  private heed(message: Message, answered: Message): void {
    if (message.method !== 'initialize' || !isObject(answered.result)) return
    const { protocolVersion } = answered.result
    if (typeof protocolVersion === 'string') this.version = protocolVersion
  }

  /** Hands on what a stream has, until the request is answered; one that breaks off is taken up where it was. */
  private async readUntil(id: Id, request: Message, first: Response, signal: AbortSignal): Promise<void> {
    let last: StreamEvent | undefined
    let response = first
    for (let resumptions = 0; ; resumptions++) {
      if (response.body) {
        try {
          for await (const event of readEvents(response.body)) {
            if (event.id !== undefined) last = event
            if (!event.data) continue
            const message = lookAt(event.data)
            if (message?.id === id && message.method === undefined) {
              this.heed(request, message)
              return this.onMessage(event.data)
            }
            this.onMessage(event.data)
          }
        } catch (error) {
          if (signal.aborted || !last) throw error
        }
      }
      if (!last?.id || resumptions >= mostResumptions) throw new Error('the stream broke off')
      await sleep(last.retryMs ?? 1000, [signal])
      response = await this.get({ 'Last-Event-ID': last.id }, signal)
    }
  }

  /** What an older server says on its own. */
  private async listen(): Promise<void> {
    let id: string | undefined
    for (let failures = 0; failures < 5 && !this.ending.signal.aborted;) {
      try {
        const response = await this.get(id === undefined ? {} : { 'Last-Event-ID': id }, this.ending.signal)
        if (!response.ok || !response.body) return
        for await (const event of readEvents(response.body)) {
          failures = 0
          id = event.id ?? id
          if (event.data) this.onMessage(event.data)
        }
      } catch {
        failures++
      }
      await sleep(1000, [this.ending.signal]).catch(() => undefined)
    }
  }

  private post(message: Message, text: string, signal: AbortSignal): Promise<Response> {
    const version = isModernMessage(message)
    const more = version
      ? {
          ...standardHeaders(message, version),
          ...(message.method === 'tools/call' &&
            paramHeaders(this.facts.inputSchemaOf(String(message.params?.name)), message.params?.arguments)),
        }
      : {}
    const headers = this.headersOf({
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      ...more,
    })
    return this.fetch({ method: 'POST', headers, body: text, signal })
  }

  private get(more: Record<string, string>, signal: AbortSignal): Promise<Response> {
    return this.fetch({
      method: 'GET',
      headers: this.headersOf({ Accept: 'text/event-stream', ...more }),
      signal,
    })
  }

  private async fetch(init: RequestInit): Promise<Response> {
    // a redirect would carry the credentials of the file to another address
    const response = await fetch(this.url, { ...init, redirect: 'manual' })
    if (response.status >= 300 && response.status < 400)
      throw new Error('it sends on elsewhere, which is not followed')
    return response
  }

  private headersOf(more: Record<string, string>): Record<string, string> {
    return {
      ...(this.sessionId !== undefined && { 'Mcp-Session-Id': this.sessionId }),
      ...(this.version !== undefined && { 'MCP-Protocol-Version': this.version }),
      ...more,
      ...this.headers,
    }
  }
}

/** The revision that a request says it speaks, where that is one whose requests say so. */
function isModernMessage({ params }: Message): string | undefined {
  const meta = params?._meta
  return isObject(meta) && isModern(meta)
    ? String(meta['io.modelcontextprotocol/protocolVersion'])
    : undefined
}

function causeOf(error: unknown): string {
  const { message, cause } = error as Error
  return cause instanceof Error ? cause.message : message
}
