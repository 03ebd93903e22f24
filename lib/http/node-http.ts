import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { Answer } from './answer'

/** A Fetch request cannot have these methods; no address takes them, as none takes OPTIONS. */
const unsayable = new Set(['TRACE', 'TRACK', 'CONNECT'])

/**
 * A Fetch `Request` of what node:http read, made piece by piece as it is looked at: a whole one costs as much as
 * a statement. The host in its URL is made up: nothing of ours trusts it. Its signal fires when the caller hangs
 * up before the answer is complete.
 */
export function toRequest(incoming: IncomingMessage, outgoing: ServerResponse): Request {
  return new IncomingRequest(incoming, outgoing) as unknown as Request
}

/** Whether a request from node:http has a body, without touching it. */
export function hasIncomingBody(request: Request): boolean {
  return (request as unknown as IncomingRequest).hasBody
}

/** The body as node:http has it; undefined for requests from elsewhere. */
export function streamOf(request: Request): IncomingMessage | undefined {
  const { incoming } = request as unknown as Partial<IncomingRequest>
  return incoming
}

class IncomingRequest {
  readonly method: string
  readonly url: string
  private madeHeaders: Headers | undefined
  private madeSignal: AbortSignal | undefined
  private madeWhole: Request | undefined

  constructor(
    readonly incoming: IncomingMessage,
    private readonly outgoing: ServerResponse,
  ) {
    const { method = 'GET', url } = incoming
    this.method = unsayable.has(method) ? 'OPTIONS' : method
    this.url = `http://localhost${url?.startsWith('/') ? url : '/'}`
  }

  get headers(): Headers {
    return (this.madeHeaders ??= toHeaders(this.incoming))
  }

  get signal(): AbortSignal {
    return (this.madeSignal ??= signalOf(this.outgoing))
  }

  get hasBody(): boolean {
    return this.method !== 'GET' && this.method !== 'HEAD' && carriesBody(this.incoming)
  }

  /** For what looks at more than the pieces above. */
  get whole(): Request {
    const { method, url, headers, signal, hasBody, incoming } = this
    const body = hasBody ? { body: Readable.toWeb(incoming) as ReadableStream, duplex: 'half' as const } : {}
    return (this.madeWhole ??= new Request(url, { method, headers, signal, ...body }))
  }
}

const pieces = new Set<string | symbol>(['constructor', 'method', 'url', 'headers', 'signal'])
for (const name of Reflect.ownKeys(Request.prototype)) {
  if (pieces.has(name)) continue
  Object.defineProperty(IncomingRequest.prototype, name, {
    get(this: IncomingRequest) {
      const value: unknown = Reflect.get(this.whole, name)
      return typeof value === 'function' ? value.bind(this.whole) : value
    },
  })
}

function signalOf(outgoing: ServerResponse): AbortSignal {
  const controller = new AbortController()
  const hangUp = () => {
    if (!outgoing.writableFinished) controller.abort()
  }
  if (outgoing.destroyed) hangUp()
  else outgoing.once('close', hangUp)
  return controller.signal
}

function carriesBody(incoming: IncomingMessage): boolean {
  return (
    incoming.headers['transfer-encoding'] !== undefined || Number(incoming.headers['content-length'] ?? 0) > 0
  )
}

function toHeaders(incoming: IncomingMessage): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (name.startsWith(':') || value === undefined) continue
    for (const one of Array.isArray(value) ? value : [value]) headers.append(name, one)
  }
  return headers
}

/** Writes an answer; streams as they come and no faster than the caller reads. */
export async function write(
  made: Answer,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  // What of the body was not read (a refusal came first) is not read at all: the connection ends.
  if (!incoming.complete && incoming.method !== 'GET') outgoing.setHeader('connection', 'close')
  if (made instanceof Response) return writeResponse(made, incoming, outgoing)
  const { status, headers, text } = made
  if (text === null) outgoing.writeHead(status, headers).end()
  else {
    outgoing.writeHead(status, { 'Content-Length': Buffer.byteLength(text), ...headers })
    outgoing.end(incoming.method === 'HEAD' ? undefined : text)
  }
}

async function writeResponse(
  response: Response,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  outgoing.statusCode = response.status
  for (const [name, value] of response.headers) if (name !== 'set-cookie') outgoing.setHeader(name, value)
  const cookies = response.headers.getSetCookie()
  if (cookies.length > 0) outgoing.setHeader('set-cookie', cookies)
  if (response.body === null || incoming.method === 'HEAD') {
    await response.body?.cancel()
    outgoing.end()
    return
  }
  if (isEndless(response)) return pipe(response.body, outgoing)
  outgoing.end(Buffer.from(await response.arrayBuffer()))
}

/** Of unknown length, or with something to be read before its end. */
function isEndless({ headers }: Response): boolean {
  return (
    headers.get('x-accel-buffering') === 'no' ||
    /^(application\/x-ndjson|text\/csv)/.test(headers.get('content-type') ?? '')
  )
}

async function pipe(body: ReadableStream<Uint8Array>, outgoing: ServerResponse): Promise<void> {
  const reader = body.getReader()
  const hangUp = () => void reader.cancel().catch(() => {})
  outgoing.once('close', hangUp)
  outgoing.flushHeaders()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      if (!outgoing.write(value)) await drained(outgoing)
    }
    outgoing.end()
  } catch {
    // The answer is under way, so all that can be said is that it ended too early.
    outgoing.destroy()
  } finally {
    outgoing.off('close', hangUp)
  }
}

/** Resolves when more may be written, or never will be. */
function drained(outgoing: ServerResponse): Promise<void> {
  if (outgoing.destroyed) return Promise.resolve()
  return new Promise((resolve) => {
    const done = () => {
      outgoing.off('drain', done)
      outgoing.off('close', done)
      resolve()
    }
    outgoing.on('drain', done)
    outgoing.on('close', done)
  })
}
