import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a step answers; undefined is 409. */
export type Step<Body> = (id: string, body: Body) => PromiseLike<object | undefined>

/**
 * Serves `POST /asks` and `POST /asks/ID/STEP` by the functions of these names behind node:http, on 127.0.0.1, and
 * nothing else: no rights, no limits. Says its port when it serves, and ends with whoever started it.
 */
export function serveSteps<Body>(steps: Record<string, Step<Body>>): void {
  const server = createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    request.on('end', () => {
      const [, , id = '', step = 'asks'] = (request.url ?? '').split('/')
      const say = (status: number, body: string) => {
        const head = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }
        response.writeHead(status, head).end(body)
      }
      const found = steps[step]?.(id, JSON.parse(text) as Body) ?? Promise.resolve(undefined)
      found.then(
        (row) => say(row ? 200 : 409, JSON.stringify(row ?? { error: 'conflict' })),
        (error: unknown) => say(500, JSON.stringify({ error: String(error) })),
      )
    })
  })
  server.listen(0, '127.0.0.1', () => console.log(`port ${(server.address() as AddressInfo).port}`))
  process.stdin.resume().once('end', () => process.exit(0))
}
