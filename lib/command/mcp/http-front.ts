import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { failure, rpcCode } from './message'

/** What serves one server of tools at its address. */
export type Served = {
  handle(request: IncomingMessage, body: string, response: ServerResponse): Promise<void>
  end(): Promise<void>
}

const mostBytes = 64 * 1024 * 1024
const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/**
 * Listens for MCP clients of this machine: at `/mcp/NAME` for each server, and at `/mcp` where there is one.
 * @param address `127.0.0.1:PORT`; only loopback is listened on, because whoever reaches it may call the tools
 */
export async function listen(
  address: { host: string; port: number },
  servers: Map<string | undefined, Served>,
) {
  const server = createServer((request, response) => {
    response.on('error', () => undefined)
    void answer(request, response, servers).catch((error: unknown) => {
      if (!response.headersSent) say(response, 500, String(error))
      else response.destroy()
    })
  })
  // a held call waits longer than any usual bound
  server.requestTimeout = 0
  server.timeout = 0
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(address.port, address.host, resolve)
  })
  const { port } = server.address() as AddressInfo
  return { port, close: () => close(server, servers) }
}

async function close(server: Server, servers: Map<string | undefined, Served>): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  await Promise.all([...servers.values()].map((one) => one.end()))
  server.closeAllConnections()
  await closed
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  servers: Map<string | undefined, Served>,
): Promise<void> {
  if (!isFromHere(request)) return say(response, 403, 'This address is for programs of this machine alone.')
  const { pathname } = new URL(request.url ?? '/', 'http://localhost')
  const [, name] = /^\/mcp(?:\/([^/]+))?\/?$/.exec(pathname) ?? []
  const only = servers.size === 1 ? [...servers.values()][0] : undefined
  const served =
    pathname === '/mcp' || pathname === '/mcp/' ? only : name && servers.get(decodeURIComponent(name))
  if (!served) {
    const paths = servers.size === 1 ? '/mcp' : [...servers.keys()].map((one) => `/mcp/${one}`).join(', ')
    return say(response, 404, `There is nothing here. Servers are at ${paths}.`)
  }
  const body = await readBody(request)
  if (body === undefined) return say(response, 413, 'The message is too long, or is no UTF-8.')
  await served.handle(request, body, response)
}

/** A page that a browser has open elsewhere must not reach the tools, by whatever name it calls this machine. */
function isFromHere({ headers }: IncomingMessage): boolean {
  const host = headers.host?.replace(/:\d+$/, '') ?? ''
  if (!loopback.test(host)) return false
  const { origin } = headers
  if (origin === undefined) return true
  return URL.canParse(origin) && loopback.test(new URL(origin).hostname)
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length
    if (length > mostBytes) return undefined
    parts.push(part)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts))
  } catch {
    return undefined
  }
}

/** An answer that is an error of JSON-RPC. */
export function say(response: ServerResponse, status: number, words: string): void {
  response.writeHead(status, { 'Content-Type': 'application/json' })
  response.end(failure(null, rpcCode.invalidRequest, words))
}
