import { connect } from 'node:net'
import { ownOrigin, type Input } from './input'

/** What came back, as far as it came within the time. */
export type Outcome = {
  /** 0 where no answer came. */
  status: number
  headers: Map<string, string>
  text: string
  ms: number
  /** The time was up before the answer was complete. */
  isLate: boolean
  hungUp: boolean
}

/** Longer than any deadline of the server's own. */
const mostMs = 10_000

/**
 * Sends an input byte by byte as it is, which a well-behaved client library would refuse to, over a connection of
 * its own.
 * @param appUrl what the server takes for its own origin
 */
export function send(url: string, appUrl: string, input: Input): Promise<Outcome> {
  const { hostname, port, host } = new URL(url)
  const begun = performance.now()
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let isDone = false
    const socket = connect({ host: hostname, port: Number(port) })
    const finish = (end: { isLate?: boolean; hungUp?: boolean } = {}) => {
      if (isDone) return
      isDone = true
      clearTimeout(late)
      clearTimeout(leave)
      socket.destroy()
      const answer = read(Buffer.concat(chunks))
      resolve({ ...answer, ms: performance.now() - begun, isLate: false, hungUp: false, ...end })
    }
    const late = setTimeout(() => finish({ isLate: true }), mostMs)
    const { hangsUpAfterMs } = input
    const leave =
      hangsUpAfterMs === undefined ? undefined : setTimeout(() => finish({ hungUp: true }), hangsUpAfterMs)
    socket.on('data', (chunk) => {
      chunks.push(chunk)
      // A stream has no end; that it began is all there is to see.
      if (/^content-type: text\/event-stream/im.test(chunk.toString('latin1'))) finish()
    })
    socket.on('error', () => finish())
    socket.on('close', () => finish())
    socket.on('connect', () => socket.write(bytesOf(input, host, appUrl)))
  })
}

function bytesOf(input: Input, host: string, appUrl: string): Buffer {
  const { method, path, query, headers, body } = input
  const lines = [`${method} ${path}${query === '' ? '' : `?${query}`} HTTP/1.1`]
  if (!headers.some(([name]) => name === 'Host')) lines.push(`Host: ${host}`)
  for (const [name, value] of headers) lines.push(`${name}: ${value === ownOrigin ? appUrl : value}`)
  if (body) lines.push(`Content-Length: ${body.length}`)
  lines.push('Connection: close', '', '')
  const head = Buffer.from(lines.join('\r\n'), 'utf8')
  return body ? Buffer.concat([head, body]) : head
}

function read(all: Buffer): Pick<Outcome, 'status' | 'headers' | 'text'> {
  const text = all.toString('latin1')
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return { status: 0, headers: new Map(), text: '' }
  const [first = '', ...lines] = text.slice(0, end).split('\r\n')
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1] ?? 0)
  // "go on" is no answer yet
  if (status === 100) return read(all.subarray(end + 4))
  const headers = new Map(
    lines.map((line) => {
      const at = line.indexOf(':')
      return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()]
    }),
  )
  const body = all.subarray(end + 4)
  const isChunked = headers.get('transfer-encoding') === 'chunked'
  return { status, headers, text: (isChunked ? joined(body) : body).toString('utf8') }
}

function joined(body: Buffer): Buffer {
  const parts: Buffer[] = []
  for (let at = 0; at < body.length;) {
    const end = body.indexOf('\r\n', at)
    const size = parseInt(body.toString('latin1', at, end), 16)
    if (end < 0 || !(size > 0)) break
    parts.push(body.subarray(end + 2, end + 2 + size))
    at = end + 4 + size
  }
  return Buffer.concat(parts)
}
