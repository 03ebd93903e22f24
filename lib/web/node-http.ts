import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'

/**
 * A Fetch `Request` from what node:http read. The host in its URL is made up: nothing of ours trusts it.
 * Its signal fires when the caller hangs up before the answer is complete.
 */
export function toRequest(incoming: IncomingMessage, outgoing: ServerResponse): Request {
  const controller = new AbortController()
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) controller.abort()
  })
  const method = incoming.method ?? 'GET'
  const hasBody = method !== 'GET' && method !== 'HEAD' && carriesBody(incoming)
  const init = {
    method,
    headers: toHeaders(incoming),
    signal: controller.signal,
    ...(hasBody ? { body: Readable.toWeb(incoming) as ReadableStream, duplex: 'half' as const } : {}),
  }
  return new Request(`http://localhost${incoming.url?.startsWith('/') ? incoming.url : '/'}`, init)
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

/** Writes a Fetch `Response`, streams as they come and no faster than the caller reads. */
export async function answer(
  response: Response,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  outgoing.statusCode = response.status
  for (const [name, value] of response.headers) if (name !== 'set-cookie') outgoing.setHeader(name, value)
  const cookies = response.headers.getSetCookie()
  if (cookies.length > 0) outgoing.setHeader('set-cookie', cookies)
  // What of the body was not read (a refusal came first) is not read at all: the connection ends.
  if (!incoming.complete && incoming.method !== 'GET') outgoing.setHeader('connection', 'close')
  if (response.body === null || incoming.method === 'HEAD') {
    await response.body?.cancel()
    outgoing.end()
    return
  }
  if (isEndless(response)) return pipe(response.body, outgoing)
  outgoing.end(Buffer.from(await response.arrayBuffer()))
}

function isEndless(response: Response): boolean {
  return /^(text\/event-stream|application\/x-ndjson|text\/csv)/.test(
    response.headers.get('content-type') ?? '',
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
