import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { sendOutbound, type OutboundRequest, type OutboundWorld } from './send'

const loopback = ['127.0.0.0/8']
let servers: Server[] = []
let sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  for (const server of servers) await new Promise((resolve) => server.close(resolve))
  servers = []
  sockets = []
})

async function listen(server: Server): Promise<number> {
  server.on('connection', (socket: Socket) => sockets.push(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  servers.push(server)
  return (server.address() as AddressInfo).port
}
const serve = (listener: RequestListener) => listen(createServer(listener))
const raw = (onSocket: (socket: Socket) => void) => listen(createTcpServer(onSocket))

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}

function post(url: string, more: Partial<OutboundRequest> = {}, world: OutboundWorld = {}) {
  return sendOutbound({ url, method: 'POST', headers: {}, body: '{"a":1}', allow: loopback, ...more }, world)
}

describe('what is refused before a connection is made', () => {
  const spellings = [
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f000001/',
    'https://0x7f.1/',
    'https://017700000001/',
    'https://0177.0.0.1/',
    'https://127.1/',
    'https://127.0.1/',
    'https://0/',
    'https://①②⑦.0.0.1/',
    'https://[::1]/',
    'https://[::]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://[::127.0.0.1]/',
    'https://[64:ff9b::127.0.0.1]/',
    'https://[2002:7f00:1::]/',
    'https://[fe80::1]/',
    'https://[fd00:ec2::254]/',
    'https://169.254.169.254/latest/meta-data/',
    'https://10.0.0.1:8443/',
    'https://192.168.0.1/',
    'https://100.64.0.1/',
    'https://localhost/',
    'https://localhost./',
    'https://LOCALHOST/',
    'https://127.0.0.1./',
  ]
  test.each(spellings)('%s', async (url) => {
    await expect(post(url, { allow: [] })).rejects.toMatchObject({ fault: 'address' })
  })

  test.each([
    ['not a url'],
    [''],
    ['https://'],
    ['//example.com/'],
    ['ftp://example.com/'],
    ['file:///etc/passwd'],
    ['gopher://example.com/'],
    ['data:text/plain,x'],
    ['https://user:secret@example.com/'],
    ['https://user@example.com/'],
    ['https://example.com/\r\nX: y'],
    ['https://exam\nple.com/'],
    ['http://example.com/'],
    ['https://[fe80::1%25eth0]/'],
    ['https://[::1%eth0]/'],
  ])('%s', async (url) => {
    await expect(post(url, { allow: [] })).rejects.toMatchObject({ fault: 'url' })
  })

  test('http: towards a public address, also where ranges are named', async () => {
    const world = { resolve: async () => ['8.8.8.8'] }
    await expect(post('http://example.com/', {}, world)).rejects.toMatchObject({ fault: 'url' })
  })

  test('a name with one private address among public ones; the words say no address', async () => {
    const world = { resolve: async () => ['8.8.8.8', '10.20.30.40'] }
    const sent = post('https://example.com/', { allow: [] }, world)
    await expect(sent).rejects.toMatchObject({ fault: 'address' })
    await expect(sent).rejects.not.toThrow(/10\.20/)
  })

  test('a name without an address', async () => {
    await expect(post('https://example.com/', {}, { resolve: async () => [] })).rejects.toMatchObject({
      fault: 'name',
    })
  })
})

describe('sendOutbound', () => {
  test('sends method, path, headers and body; answers status and text', async () => {
    let seen:
      | {
          method: string | undefined
          url: string | undefined
          headers: IncomingMessage['headers']
          body: string
        }
      | undefined
    const port = await serve(async (request, response) => {
      seen = {
        method: request.method,
        url: request.url,
        headers: request.headers,
        body: await textOf(request),
      }
      response.statusCode = 202
      response.end('got it')
    })
    const headers = {
      'X-One': '1',
      Host: 'evil.example',
      'Transfer-Encoding': 'chunked',
      'Content-Type': 'application/json',
    }
    const answer = await post(`http://127.0.0.1:${port}/a%20b?c=d#e`, { headers, body: '{"ü":1}' })
    expect(answer).toMatchObject({ status: 202, body: 'got it' })
    expect(answer.durationMs).toBeGreaterThanOrEqual(0)
    expect(seen).toMatchObject({ method: 'POST', url: '/a%20b?c=d', body: '{"ü":1}' })
    expect(seen?.headers).toMatchObject({
      host: `127.0.0.1:${port}`,
      'x-one': '1',
      'content-length': '8',
      'accept-encoding': 'identity',
      connection: 'close',
    })
  })

  test('resolves once and connects to what was checked: rebinding changes nothing', async () => {
    let hits = 0
    const port = await serve((_, response) => void response.end(String(++hits)))
    let asked = 0
    const resolve = async () => (asked++ === 0 ? ['127.0.0.1'] : ['169.254.169.254'])
    const answer = await post(`http://rebind.example:${port}/`, {}, { resolve })
    expect(answer.body).toBe('1')
    expect(asked).toBe(1)
    // The control: the second answer alone is refused.
    await expect(post(`http://rebind.example:${port}/`, {}, { resolve })).rejects.toMatchObject({
      fault: 'address',
    })
    expect(hits).toBe(1)
  })

  test('of a name that leads to a named range and elsewhere, only the named one is called', async () => {
    const port = await serve((_, response) => void response.end('here'))
    const resolve = async () => ['::1', '10.0.0.1', '127.0.0.1']
    expect(await post(`http://mixed.example:${port}/`, {}, { resolve })).toMatchObject({
      status: 200,
      body: 'here',
    })
    expect(await post(`http://localhost:${port}/`)).toMatchObject({ status: 200, body: 'here' })
  })

  test.each([301, 302, 303, 307, 308])('does not follow a %i', async (status) => {
    let hits = 0
    const port = await serve((_, response) => {
      hits++
      response.writeHead(status, { Location: '/elsewhere' })
      response.end()
    })
    expect(await post(`http://127.0.0.1:${port}/`)).toMatchObject({ status })
    expect(hits).toBe(1)
  })

  test('cuts an endless answer at 64 kB', async () => {
    const port = await serve((_, response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(16_384)));
      }
      response.on('drain', more)
      more()
    })
    const answer = await post(`http://127.0.0.1:${port}/`)
    expect(answer.status).toBe(200)
    expect(answer.body).toBe('x'.repeat(65_536))
  })

  test('does not inflate', async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000))
    const port = await serve((_, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip', 'Content-Length': bomb.length })
      response.end(bomb)
    })
    const answer = await post(`http://127.0.0.1:${port}/`)
    expect(answer.status).toBe(200)
    expect(answer.body.startsWith('\u001f')).toBe(true)
    expect(answer.body.length).toBeLessThanOrEqual(bomb.length)
  })

  test('ends a slow drip, a silent receiver and a name server that hangs at the deadline', async () => {
    const world = { deadlineMs: 300 }
    const drip = await serve((_, response) => {
      const timer = setInterval(() => response.write('x'), 20)
      response.on('close', () => clearInterval(timer))
    })
    await expect(post(`http://127.0.0.1:${drip}/`, {}, world)).rejects.toMatchObject({ fault: 'deadline' })
    const header = await raw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n')
      const timer = setInterval(() => socket.write('X-A: b\r\n'), 20)
      socket.on('close', () => clearInterval(timer))
      socket.on('error', () => undefined)
    })
    await expect(post(`http://127.0.0.1:${header}/`, {}, world)).rejects.toMatchObject({ fault: 'deadline' })
    const silent = await raw(() => undefined)
    await expect(post(`http://127.0.0.1:${silent}/`, {}, world)).rejects.toMatchObject({ fault: 'deadline' })
    const resolve = () => new Promise<string[]>(() => undefined)
    await expect(post('https://example.com/', {}, { ...world, resolve })).rejects.toMatchObject({
      fault: 'deadline',
    })
  })

  test('stops with the process', async () => {
    const silent = await raw(() => undefined)
    const sent = post(`http://127.0.0.1:${silent}/`, { signal: AbortSignal.timeout(50) })
    await expect(sent).rejects.toMatchObject({ fault: 'stopped' })
  })

  test('says plainly what went wrong', async () => {
    const closed = await serve(() => undefined)
    await new Promise((resolve) => servers.pop()!.close(resolve))
    await expect(post(`http://127.0.0.1:${closed}/`)).rejects.toThrow('The connection was refused.')
    const cut = await raw((socket) => void socket.once('data', () => socket.destroy()))
    await expect(post(`http://127.0.0.1:${cut}/`)).rejects.toThrow(
      'The connection was cut before there was an answer.',
    )
    const noise = await raw((socket) => void socket.once('data', () => socket.end('SSH-2.0-OpenSSH\r\n')))
    await expect(post(`http://127.0.0.1:${noise}/`)).rejects.toThrow('The answer is not HTTP.')
    const upgrade = await raw((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () =>
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'),
      )
    })
    await expect(post(`http://127.0.0.1:${upgrade}/`)).rejects.toMatchObject({ fault: 'connection' })
  })

  test('opens a connection of its own each time', async () => {
    const ports = new Set<number | undefined>()
    const port = await serve((request, response) => {
      ports.add(request.socket.remotePort)
      response.setHeader('Connection', 'keep-alive')
      response.end()
    })
    for (let i = 0; i < 3; i++) await post(`http://127.0.0.1:${port}/`)
    expect(ports.size).toBe(3)
  })

  test('asks TLS for the name, and checks the certificate by it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdpoint-tls-'))
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-days',
        '1',
        '-subj',
        '/CN=hook.example',
        '-addext',
        'subjectAltName=DNS:hook.example',
        '-keyout',
        key,
        '-out',
        cert,
      ],
      { stdio: 'ignore' },
    )
    const pem = readFileSync(cert, 'utf8')
    const names: (string | false | undefined)[] = []
    const port = await listen(
      createTlsServer({ key: readFileSync(key), cert: pem }, (request, response) => {
        names.push((request.socket as { servername?: string | false }).servername)
        response.end('secure')
      }),
    )
    rmSync(folder, { recursive: true })
    const resolve = async () => ['127.0.0.1']
    expect(await post(`https://hook.example:${port}/`, {}, { resolve, ca: pem })).toMatchObject({
      body: 'secure',
    })
    expect(names).toEqual(['hook.example'])
    const wrongName = post(`https://other.example:${port}/`, {}, { resolve, ca: pem })
    await expect(wrongName).rejects.toMatchObject({ fault: 'certificate' })
    await expect(post(`https://hook.example:${port}/`, {}, { resolve })).rejects.toMatchObject({
      fault: 'certificate',
    })
  })
})
