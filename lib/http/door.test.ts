import { createServer, type IncomingMessage, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { logPageError } from '@/lib/process/log'
import { addressOf, noteBegun } from './caller'
import { door, refuseUpgrades } from './door'

const appUrl = 'https://hold.example.com:8443'
let server: Server
let development: Server
/** What stood behind the door as Next does, at its last request. */
let seen: { url?: string; headers: IncomingMessage['headers']; address: string | null } | undefined

beforeAll(async () => {
  Object.assign(process.env, {
    DATABASE_URL: 'postgres://nobody@localhost:1/none',
    AUTH_SECRET: 'test-secret-of-more-than-thirty-two-characters-4711',
    TRUSTED_PROXIES: '127.0.0.0/8',
  })
  const handle = door(async (incoming, outgoing) => {
    await new Promise((done) => setImmediate(done))
    seen = { url: incoming.url, headers: incoming.headers, address: addressOf({ headers: new Headers() }) }
    if (incoming.url === '/begins') noteBegun()
    if (incoming.url?.startsWith('/begins') || incoming.url === '/breaks') {
      logPageError(new Error(), { method: 'POST', path: incoming.url, headers: {} })
      outgoing.statusCode = 500
      outgoing.setHeader('X-Of-Next', '1')
      outgoing.write('Internal ')
      return void outgoing.end('Server Error')
    }
    let size = 0
    for await (const chunk of incoming) size += (chunk as Buffer).length
    outgoing.end(`page ${size}`)
  }, appUrl)
  const listen = async (socket?: Parameters<typeof refuseUpgrades>[1]) => {
    const made = createServer((incoming, outgoing) => void handle(incoming, outgoing))
    refuseUpgrades(made, socket)
    await new Promise<void>((done) => made.listen(0, '127.0.0.1', done))
    return made
  }
  server = await listen()
  development = await listen(async (_, socket) => void socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n'))
})
afterAll(() => {
  server.close()
  development.close()
})

/** The status line and the rest of what comes back for these bytes, until the other side closes. */
function send(text: string, to = server): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect((to.address() as AddressInfo).port, '127.0.0.1')
    let got = ''
    socket.on('data', (data) => (got += data.toString('latin1')))
    socket.on('close', () => resolve(got))
    socket.on('error', reject)
    socket.write(text)
  })
}

const head = (line: string, more = '') =>
  `${line} HTTP/1.1\r\nHost: upstream:3000\r\nConnection: close\r\n${more}\r\n`
const statusOf = (answer: string) => Number(answer.split(' ')[1])

describe('a page', () => {
  test('hears this server’s one name, whatever the request says, and where a trusted proxy had it from', async () => {
    const forged = [
      'X-Forwarded-Host: evil.example',
      'X-Forwarded-Proto: https',
      'Forwarded: host=evil.example',
    ]
    const more = [...forged, 'X-Forwarded-For: 9.9.9.9', 'Origin: https://evil.example', ''].join('\r\n')
    expect(statusOf(await send(head('GET /sign-in?x=1', more)))).toBe(200)
    expect(seen?.url).toBe('/sign-in?x=1')
    expect(seen?.headers).toEqual({
      host: 'hold.example.com:8443',
      connection: 'close',
      origin: 'https://evil.example',
    })
    expect(seen?.address).toBe('9.9.9.9')
    await send(head('GET /sign-in'))
    expect(seen?.address).toBe('127.0.0.1')
  })

  test.each([
    ['GET /%', 400],
    ['GET /%E0%A4%A', 400],
    ['GET /demo/runs/%00', 400],
    ['GET /%ED%A0%80', 400],
    ['HEAD /%zz', 400],
    ['GET /demo?q=%zz', 200],
    ['GET http://anything/sign-in', 200],
    ['HEAD /sign-in', 200],
    ['TRACE /sign-in', 405],
    ['PUT /sign-in', 405],
    ['OPTIONS /sign-in', 405],
    ['PROPFIND /', 405],
    ['CONNECT sign-in:443', 405],
    ['OPTIONS *', 204],
    ['GET *', 400],
    ['GET sign-in', 400],
  ])('%s: %i', async (line, status) => {
    const answer = await send(head(line))
    expect(statusOf(answer)).toBe(status)
    if (line.startsWith('GET')) {
      expect(answer.includes('a NUL character (%00)')).toBe(line.includes('%00'))
      expect(answer.includes('broken percent-encoding')).toBe(status === 400 && /%(?!00)/.test(line))
    }
    if (line.startsWith('HEAD')) expect(answer.split('\r\n\r\n')[1]).toBe('')
    if (status === 405) expect(answer).toMatch(/\r\nAllow: GET/)
  })

  test('reads a form of a megabyte and none that says it is larger', async () => {
    const body = 'x'.repeat(1024 * 1024)
    const post = (size: number) => send(head('POST /sign-in', `Content-Length: ${size}\r\n`) + body)
    expect(await post(body.length)).toContain('page 1048576')
    seen = undefined
    expect(statusOf(await post(body.length + 1))).toBe(413)
    expect(seen).toBeUndefined()
  })
})

describe('a form that Next cannot read', () => {
  const action = `Next-Action: ${'0a'.repeat(21)}\r\n`
  const multipart = 'Content-Type: multipart/form-data; boundary=B\r\n'

  test.each([
    ['of an action', 'POST /breaks', action, 400],
    ['without script', 'POST /breaks', multipart, 400],
    ['that our action was reached by', 'POST /begins', action, 500],
    ['that is none', 'POST /breaks', 'Content-Type: text/plain\r\n', 500],
    ['a page that fails', 'GET /breaks', action, 500],
  ])('%s', async (_, line, more, status) => {
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const answer = await send(head(line, `${more}Content-Length: 0\r\n`))
    expect(write).toHaveBeenCalledTimes(status === 500 ? 1 : 0)
    write.mockRestore()
    expect(statusOf(answer)).toBe(status)
    const says = status === 400 ? 'This form could not be read' : 'Internal Server Error'
    expect(answer.replace(/\r\n[\da-f]+\r\n/g, '')).toContain(says)
    expect(answer.includes('X-Of-Next')).toBe(status === 500)
  })

  test('is told of the largest size where it did not say its own', async () => {
    const says = async (more: string) => send(head('POST /breaks', `${multipart}${more}`))
    expect(await says('Content-Length: 0\r\n')).not.toContain('1048576')
    expect(await says('Transfer-Encoding: chunked\r\n')).toContain('If it had more than 1048576 bytes')
  })

  test.each(['__proto__', 'toString', 'x'.repeat(42), '0a'.repeat(400)])(
    'an action %s is nobody’s',
    async (name) => {
      expect(
        statusOf(await send(head('POST /sign-in', `Next-Action: ${name}\r\nContent-Length: 0\r\n`))),
      ).toBe(400)
    },
  )
})

describe('in development', () => {
  const offer = (protocol: string) => `Upgrade: ${protocol}\r\n`
  const upgrading = (line: string, protocol: string, more = '') =>
    `${line} HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, close\r\n${offer(protocol)}${more}\r\n`

  test('Next’s own socket is let through', async () => {
    expect(statusOf(await send(upgrading('GET /_next/hmr?id=1', 'websocket'), development))).toBe(101)
    expect(statusOf(await send(upgrading('GET /_next/webpack-hmr', 'WebSocket'), development))).toBe(101)
    expect(statusOf(await send(upgrading('GET /_next/hmr', 'websocket')))).toBe(200)
  })

  test.each(['h2c', 'websocket', 'TLS/1.0'])(
    'an offer of %s elsewhere is ignored, bodies included',
    async (protocol) => {
      const length = 'Content-Length: 5\r\n'
      expect(await send(upgrading('GET /sign-in', protocol), development)).toContain('page 0')
      expect(await send(upgrading('POST /sign-in', protocol, length) + 'hello', development)).toContain(
        'page 5',
      )
      expect(statusOf(await send(upgrading('GET /api/health/live', protocol), development))).toBe(200)
      expect(seen?.headers.upgrade).toBeUndefined()
    },
  )
})
