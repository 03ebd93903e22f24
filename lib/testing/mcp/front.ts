import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * What becomes of a request: `hold` keeps it from the server until it is let go, `lose` sends it on and keeps the answer
 * to itself; or it is answered in the server's place.
 */
export type Between = 'hold' | 'lose' | ((response: ServerResponse) => void)

export type Front = {
  url: string
  /** Asked about each request, such as `POST /approvals`; takes effect at the next. */
  between: ((call: string) => Between | undefined) | undefined
  /** How many different requests were kept, however often each was sent. */
  stopped: () => number
  /** Lets go what is kept, and keeps nothing more: it reaches the server, and the lost answer its asker never. */
  release: () => void
  close: () => Promise<void>
}

/** Stands between proxies and Holdpoint, so that a test can stop the traffic at any place. */
export async function startFront(target: string): Promise<Front> {
  const kept = new Set<() => void>()
  const stopped = new Set<string>()
  const server = createServer(async (request, response) => {
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const { method = 'GET', url = '/', headers } = request
    const keep = () =>
      new Promise<void>((resolve) => {
        stopped.add(`${url} ${Buffer.concat(parts).toString()}`)
        const end = () => {
          kept.delete(end)
          resolve()
        }
        kept.add(end)
        gone.signal.addEventListener('abort', end)
      })
    const call = `${method} ${url.replace(/^\/api/, '').replace(/(apr|run)_\w{26}/g, '$1')}`
    const between = front.between?.(call)
    if (typeof between === 'function') return between(response)
    if (between === 'hold') await keep()
    if (gone.signal.aborted) return
    const { authorization = '', prefer, 'content-type': type } = headers
    try {
      const answered = await fetch(`${target}${url}`, {
        method,
        headers: {
          authorization,
          ...(prefer && { prefer: String(prefer) }),
          ...(type && { 'content-type': type }),
        },
        ...(parts.length > 0 && { body: Buffer.concat(parts) }),
        signal: gone.signal,
      })
      const bytes = Buffer.from(await answered.arrayBuffer())
      if (between === 'lose') {
        await keep()
        return void response.destroy()
      }
      const passed = [...answered.headers].filter(
        ([name]) => !/^(transfer-|content-(enc|len)|conn|keep)/.test(name),
      )
      response.writeHead(answered.status, Object.fromEntries(passed)).end(bytes)
    } catch {
      response.destroy()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const front: Front = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    between: undefined,
    stopped: () => stopped.size,
    release: () => {
      front.between = undefined
      for (const end of kept) end()
    },
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
  return front
}
