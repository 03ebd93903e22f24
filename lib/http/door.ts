import { AsyncLocalStorage } from 'node:async_hooks'
import { ServerResponse, type IncomingMessage, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { isReadingForm, withCaller } from './caller'
import { handleApi, refuseTarget, servesApi } from './front'
import type { StaticFiles } from './static-files'

type Handle = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>

/** As much as Next reads of a form: `serverActions.bodySizeLimit` in next.config.mjs. */
const mostPageBytes = 1024 * 1024

/** The methods of any address of ours, for `OPTIONS *`. */
const allMethods = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'

/**
 * What stands behind the server of `npm start`: reads the request's target in each of its forms (RFC 9112, section
 * 3.2), gives the API's addresses to the API and the others to Next.
 * @param pages undefined: the API alone
 * @param appUrl the one name that Next may take this server to have
 * @param files what is answered before Next is asked
 */
export function door(pages: Handle | undefined, appUrl: string, files?: StaticFiles): Handle {
  return async (incoming, outgoing) => {
    const target = originForm(incoming.url ?? '')
    if (target === '*' && incoming.method === 'OPTIONS') {
      outgoing.writeHead(204, { Allow: allMethods }).end()
      return
    }
    if (target === undefined || target === '*') return refuseTarget(incoming, outgoing)
    incoming.url = target
    if (!pages || servesApi(target)) return handleApi(incoming, outgoing)
    if (files?.(incoming, outgoing)) return
    const refusal = refusalOfPage(incoming, target)
    if (refusal) return refuse(incoming, outgoing, refusal)
    const readsForm = isForm(incoming)
    const serve = () => {
      // The caller's address was read from what is hidden here.
      hideNames(incoming, appUrl)
      if (readsForm) tellBrokenForm(incoming, outgoing)
      return pages(incoming, outgoing)
    }
    return withCaller(incoming, serve, readsForm)
  }
}

/**
 * Offers to go on in another protocol are ignored (RFC 9110, section 7.8), as Node does while nobody listens to
 * `upgrade`; default clients of Java offer HTTP/2 with every request. Development listens for Next's own socket,
 * and gives every other request back without its offer. CONNECT is answered and not hung up on.
 * @param developmentSocket Next's handler, in development alone
 */
export function refuseUpgrades(server: Server, developmentSocket?: Upgrade): void {
  server.on('connect', (incoming: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => socket.destroy())
    socket.end(
      `HTTP/1.1 405 Method Not Allowed\r\nAllow: ${allMethods}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
    )
  })
  if (!developmentSocket) return
  server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    const isOurs = /^\/_next\/(webpack-)?hmr/.test(incoming.url ?? '')
    if (isOurs && incoming.headers.upgrade?.toLowerCase() === 'websocket')
      void developmentSocket(incoming, socket, head).catch(() => socket.destroy())
    else beginAgain(server, incoming, socket, head)
  })
}

type Upgrade = (incoming: IncomingMessage, socket: Duplex, head: Buffer) => Promise<void>

/** Reads a request once more, as if it had offered nothing. */
function beginAgain(server: Server, incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
  const lines = [`${incoming.method} ${incoming.url} HTTP/${incoming.httpVersion}`]
  for (let i = 0; i < incoming.rawHeaders.length; i += 2) {
    const [name = '', value = ''] = incoming.rawHeaders.slice(i, i + 2)
    if (!/^(upgrade|http2-settings)$/i.test(name)) lines.push(`${name}: ${value}`)
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]))
  server.emit('connection', socket)
}

/** Path and query of a target; undefined for none. The host that an absolute one names means nothing to us. */
function originForm(target: string): string | undefined {
  if (target.startsWith('/') || target === '*') return target
  const rest = /^https?:\/\/[^/?#]*(.*)$/i.exec(target)?.[1]
  if (rest === undefined) return undefined
  return rest.startsWith('/') ? rest : `/${rest}`
}

type Refusal = { status: number; text: string; headers?: Record<string, string> }

/** What Next would answer with an error of its own, or by reading ten megabytes first. */
function refusalOfPage(incoming: IncomingMessage, target: string): Refusal | undefined {
  const { method = '', headers } = incoming
  const unreadable = unreadableIn(target)
  if (unreadable) return { status: 400, text: `This address holds ${unreadable}.` }
  if (!/^(GET|HEAD|POST)$/.test(method)) {
    const Allow = 'GET, HEAD, POST'
    return { status: 405, text: `This address takes ${Allow}.`, headers: { Allow } }
  }
  const action = headers['next-action']
  if (action !== undefined && !/^[\da-f]{40,80}$/.test(String(action))) {
    return { status: 400, text: 'This form names no action of this server.' }
  }
  if (Number(headers['content-length'] ?? 0) <= mostPageBytes) return undefined
  return { status: 413, text: `A form may have at most ${mostPageBytes} bytes.` }
}

function isForm({ method, headers }: IncomingMessage): boolean {
  const isAction = headers['next-action'] !== undefined
  return method === 'POST' && (isAction || /^multipart\//i.test(headers['content-type'] ?? ''))
}

/** A form that Next could not read, so that none of our actions was reached, is the caller's fault and not ours. */
function tellBrokenForm(incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { writeHead, end } = outgoing
  const isReading = AsyncLocalStorage.bind(isReadingForm)
  outgoing.writeHead = (...args: unknown[]) => {
    outgoing.writeHead = writeHead
    if (args[0] !== 500 || !isReading()) return Reflect.apply(writeHead, outgoing, args) as ServerResponse
    outgoing.end = end
    for (const name of outgoing.getHeaderNames()) outgoing.removeHeader(name)
    // One that says how large it is was refused before for being too large.
    const isOpenEnded = incoming.headers['content-length'] === undefined
    const size = isOpenEnded ? ` If it had more than ${mostPageBytes} bytes, it was too large.` : ''
    const text = `This form could not be read.${size}`
    refuse(incoming, outgoing, { status: 400, text })
    outgoing.write = () => true
    outgoing.end = () => outgoing
    return outgoing
  }
}

function refuse(incoming: IncomingMessage, outgoing: ServerResponse, refusal: Refusal): void {
  const body = incoming.method === 'HEAD' ? undefined : `${refusal.text}\n`
  outgoing.writeHead(refusal.status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'private, no-store',
    ...(incoming.complete ? {} : { Connection: 'close' }),
    ...refusal.headers,
  })
  outgoing.end(body)
}

/** What keeps the path from being text that a database can hold. */
function unreadableIn(target: string): string | undefined {
  try {
    const path = decodeURIComponent(target.split('?', 1)[0] ?? '')
    return path.includes('\0') ? 'a NUL character (%00)' : undefined
  } catch {
    return 'a broken percent-encoding'
  }
}

/**
 * Next compares a form's Origin with the name that the request says this server has. Proxies write there what they
 * like, and anybody else too; it has the name that the operator gave it.
 */
function hideNames(incoming: IncomingMessage, appUrl: string): void {
  const { headers } = incoming
  for (const name of Object.keys(headers)) {
    if (name === 'forwarded' || name.startsWith('x-forwarded-')) delete headers[name]
  }
  headers.host = new URL(appUrl).host
}
