import {
  request as requestHttp,
  Agent as HttpAgent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http'
import { request as requestHttps, Agent as HttpsAgent } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { OutboundError } from './error'
import { resolveHost, type Resolve } from './resolve'
import { findTarget, type Target } from './target'

const deadlineMs = 15_000
const answerBytes = 64 * 1024

export type OutboundRequest = {
  url: string
  method: 'GET' | 'POST' | 'PUT'
  headers: Record<string, string>
  body: string | Uint8Array
  /** CIDR ranges that may be reached although private, and by `http:`. */
  allow: readonly string[]
  /** Fires where the process is about to stop. */
  signal?: AbortSignal | undefined
}

/** Any status, 3xx included: a redirect is an answer, never followed. */
export type OutboundAnswer = {
  status: number
  headers: IncomingHttpHeaders
  body: string
  durationMs: number
}

/** What tests put in place of the world. */
export type OutboundWorld = { resolve?: Resolve; deadlineMs?: number; ca?: string }

/**
 * Sends one HTTP request to a place that somebody else chose. The host is resolved once, every address is
 * checked, and the connection goes to a checked one (TLS still asks for the name); no redirect is followed, no
 * proxy used, no connection kept, nothing inflated. From resolving to the last byte it takes 15 s at most, and of
 * the answer 64 kB are read. Any port may be named: the address is what is guarded.
 * @throws OutboundError where there was no answer in time, or where it may not be asked for
 */
export async function sendOutbound(
  wanted: OutboundRequest,
  world: OutboundWorld = {},
): Promise<OutboundAnswer> {
  const startedAt = performance.now()
  const limit = world.deadlineMs ?? deadlineMs
  const deadline = AbortSignal.timeout(limit)
  const signal = wanted.signal ? AbortSignal.any([wanted.signal, deadline]) : deadline
  try {
    const target = await unlessAborted(
      findTarget(wanted.url, wanted.allow, world.resolve ?? resolveHost),
      signal,
    )
    const answer = await exchange(target, wanted, signal, world.ca)
    return { ...answer, durationMs: Math.round(performance.now() - startedAt) }
  } catch (error) {
    if (deadline.aborted)
      throw new OutboundError('deadline', `There was no complete answer within ${limit / 1000} s.`)
    if (signal.aborted)
      throw new OutboundError('stopped', 'The server stopped while the request was under way.')
    throw error instanceof OutboundError ? error : connectionError(error)
  }
}

async function exchange(
  target: Target,
  wanted: OutboundRequest,
  signal: AbortSignal,
  ca: string | undefined,
): Promise<Omit<OutboundAnswer, 'durationMs'>> {
  let request: ClientRequest | undefined
  try {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request = open(target, wanted, signal, ca)
      request.on('response', resolve)
      request.on('error', reject)
      // An answer of 101 leaves HTTP; nothing of ours does.
      request.on('upgrade', (_, socket) => {
        socket.destroy()
        reject(new OutboundError('connection', 'The receiver wanted to speak something else than HTTP.'))
      })
      request.end(wanted.body)
    })
    return { status: answer.statusCode ?? 0, headers: answer.headers, body: await readAnswer(answer) }
  } finally {
    request?.destroy()
  }
}

function open(
  target: Target,
  wanted: OutboundRequest,
  signal: AbortSignal,
  ca: string | undefined,
): ClientRequest {
  const { url, hostname, addresses } = target
  const headers: Record<string, string> = { 'User-Agent': 'Holdpoint' }
  for (const [name, value] of Object.entries(wanted.headers)) {
    if (!/^(host|connection|transfer-encoding|content-length|accept-encoding)$/i.test(name))
      headers[name] = value
  }
  const options = {
    hostname,
    port: url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port),
    path: `${url.pathname}${url.search}`,
    method: wanted.method,
    headers: {
      ...headers,
      'Accept-Encoding': 'identity',
      'Content-Length': String(Buffer.byteLength(wanted.body)),
      Connection: 'close',
    },
    lookup: checkedLookup(addresses),
    signal,
  }
  if (url.protocol === 'http:') return requestHttp({ ...options, agent: new HttpAgent({ keepAlive: false }) })
  const agent = new HttpsAgent({ keepAlive: false })
  const servername = isIP(hostname) ? '' : hostname.replace(/\.$/, '')
  return requestHttps({
    ...options,
    agent,
    servername,
    rejectUnauthorized: true,
    ...(ca === undefined ? {} : { ca }),
  })
}

/** Answers with what was checked: there is no second look that a name server could answer otherwise. */
function checkedLookup(addresses: string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }))
  return (_hostname, options, done) => {
    const first = all[0]!
    if (options.all) done(null, all)
    else done(null, first.address, first.family)
  }
}

/** Reads 64 kB at most, as text; the rest is left unread with the connection. */
async function readAnswer(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    if (size >= answerBytes) break
  }
  return new TextDecoder().decode(Buffer.concat(chunks).subarray(0, answerBytes))
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop: () => void = () => {}
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(new OutboundError('stopped', 'Stopped.'))
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

const certificateFaults =
  /^(ERR_TLS_CERT|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|HOSTNAME_MISMATCH)/
const plainWords: Record<string, string> = {
  ECONNREFUSED: 'The connection was refused.',
  ECONNRESET: 'The connection was cut before there was an answer.',
  EPIPE: 'The connection was cut before there was an answer.',
  ETIMEDOUT: 'The connection could not be made in time.',
  EHOSTUNREACH: 'The host cannot be reached.',
  ENETUNREACH: 'The network cannot be reached.',
  EPROTO: 'The receiver does not speak TLS there.',
  HPE_HEADER_OVERFLOW: 'The answer’s headers are too long.',
}

function connectionError(error: unknown): OutboundError {
  const inner = error instanceof AggregateError ? (error.errors[0] as unknown) : error
  const code = String((inner as { code?: unknown } | null)?.code ?? '')
  if (certificateFaults.test(code)) {
    return new OutboundError(
      'certificate',
      `The certificate of the receiver is not valid for it (${code}).`,
      error,
    )
  }
  if (code.startsWith('HPE_') && !plainWords[code]) {
    return new OutboundError('connection', 'The answer is not HTTP.', error)
  }
  return new OutboundError(
    'connection',
    plainWords[code] ?? `The request failed (${code || 'unknown'}).`,
    error,
  )
}
