import { connect, type Socket } from 'node:net'

export type Answer = { status: number; body: string }

type Waiting = { resolve(answer: Answer): void; reject(error: Error): void }

/**
 * One keep-alive connection to 127.0.0.1 that carries one request at a time, with as little work a request as the
 * load generator can do, because it shares the processors with what it measures.
 */
export class HttpConnection {
  private waiting: Waiting | undefined
  private received: Buffer | undefined

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true)
    socket.on('data', (chunk) => this.receive(chunk))
    socket.on('error', (error) => this.fail(error))
    socket.on('close', () => this.fail(new Error('The server closed the connection.')))
  }

  static open(port: number): Promise<HttpConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1' })
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.off('error', reject)
        resolve(new HttpConnection(socket))
      })
    })
  }

  /** @param request the whole request, head and body */
  send(request: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.waiting || this.socket.destroyed) return reject(new Error('The connection is not free.'))
      this.waiting = { resolve, reject }
      this.socket.write(request)
    })
  }

  close(): void {
    this.waiting = undefined
    this.socket.destroy()
  }

  private fail(error: Error): void {
    const { waiting } = this
    this.waiting = undefined
    this.socket.destroy()
    waiting?.reject(error)
  }

  private receive(chunk: Buffer): void {
    this.received = this.received === undefined ? chunk : Buffer.concat([this.received, chunk])
    try {
      const answer = readAnswer(this.received)
      if (answer === undefined) return
      this.received = undefined
      const { waiting } = this
      this.waiting = undefined
      waiting?.resolve(answer)
    } catch (error) {
      this.fail(error as Error)
    }
  }
}

/**
 * A complete HTTP/1.1 answer, or undefined while more is to come.
 * @throws Error where it is none
 */
export function readAnswer(received: Buffer): Answer | undefined {
  const headEnd = received.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const head = received.toString('latin1', 0, headEnd)
  if (!head.startsWith('HTTP/1.1 ')) throw new Error(`This is no HTTP/1.1 answer: ${head.slice(0, 80)}`)
  const status = Number(head.slice(9, 12))
  const start = headEnd + 4
  if (status === 204 || status === 304) return { status, body: '' }
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (length === undefined) {
    if (!/\r\ntransfer-encoding: *chunked/i.test(head)) throw new Error('The answer has no length.')
    const body = readChunks(received, start)
    return body === undefined ? undefined : { status, body }
  }
  const end = start + Number(length)
  return received.length < end ? undefined : { status, body: received.toString('utf8', start, end) }
}

function readChunks(received: Buffer, start: number): string | undefined {
  const parts: Buffer[] = []
  for (let at = start; ;) {
    const lineEnd = received.indexOf('\r\n', at)
    if (lineEnd < 0) return undefined
    const size = Number.parseInt(received.toString('latin1', at, lineEnd), 16)
    const end = lineEnd + 2 + size
    if (received.length < end + 2) return undefined
    if (size === 0) return Buffer.concat(parts).toString('utf8')
    parts.push(received.subarray(lineEnd + 2, end))
    at = end + 2
  }
}

type RequestParts = { token?: string | undefined; cookie?: string | undefined; wait?: number; body?: unknown }

/** The text of a request. `wait` in seconds becomes `Prefer: wait`; a `body` is sent as JSON. */
export function requestText(method: string, path: string, parts: RequestParts = {}): string {
  const body = parts.body === undefined ? '' : JSON.stringify(parts.body)
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: 127.0.0.1']
  if (parts.token !== undefined) lines.push(`Authorization: Bearer ${parts.token}`)
  if (parts.cookie !== undefined) lines.push(`Cookie: ${parts.cookie}`)
  if (parts.wait !== undefined) lines.push(`Prefer: wait=${parts.wait}`)
  if (body !== '') lines.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`)
  return `${lines.join('\r\n')}\r\n\r\n${body}`
}
