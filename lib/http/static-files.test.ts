import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readStaticFiles } from './static-files'

const script = `console.log(${JSON.stringify('hold '.repeat(200))})`
let folder: string
let server: Server

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdpoint-static-'))
  mkdirSync(join(folder, 'static', 'chunks'), { recursive: true })
  const put = (name: string, text: string | Buffer) => writeFileSync(join(folder, 'static', name), text)
  put('chunks/a.js', script)
  put('chunks/a.js.br', brotliCompressSync(script))
  put('chunks/a.css.br', brotliCompressSync('p { color: red }'))
  put('chunks/plain.js', script)
  put('chunks/picture.svg.br', 'no script')
  writeFileSync(join(folder, 'secret.js.br'), 'not below it')
  const files = await readStaticFiles(join(folder, 'static'))
  server = createServer((incoming, outgoing) => {
    if (!files(incoming, outgoing)) outgoing.writeHead(299).end('Next')
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
})
afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true })
})

type Answer = { status: number; headers: IncomingHttpHeaders; body: Buffer }

function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const { port } = server.address() as AddressInfo
  return new Promise((resolve, reject) => {
    const asked = request({ port, host: '127.0.0.1', path, method, headers }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }),
      )
    })
    asked.on('error', reject).end()
  })
}

const br = { 'Accept-Encoding': 'gzip, deflate, br, zstd' }
const address = '/_next/static/chunks/a.js'

test('a script goes out as its brotli, for good, with the headers of every page', async () => {
  const { status, headers, body } = await ask(`${address}?dpl=1`, br)
  expect(status).toBe(200)
  expect(brotliDecompressSync(body).toString()).toBe(script)
  expect(headers).toMatchObject({
    'content-type': 'application/javascript; charset=UTF-8',
    'content-encoding': 'br',
    'content-length': String(body.length),
    'cache-control': 'public, max-age=31536000, immutable',
    vary: 'Accept-Encoding',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': expect.stringContaining('camera=()') as string,
  })
})

test('a style has its type, and HEAD all of it but the body', async () => {
  const { headers, body } = await ask('/_next/static/chunks/a.css', br, 'HEAD')
  expect(headers['content-type']).toBe('text/css; charset=UTF-8')
  expect(Number(headers['content-length'])).toBeGreaterThan(0)
  expect(body).toHaveLength(0)
})

test('whoever has it is told so', async () => {
  const tag = String((await ask(address, br)).headers.etag)
  for (const known of [tag, `"other", W/${tag}`, '*']) {
    const { status, headers, body } = await ask(address, { ...br, 'If-None-Match': known })
    expect({ status, length: body.length, tag: headers.etag, vary: headers.vary }).toEqual({
      ...{ status: 304, length: 0, tag, vary: 'Accept-Encoding' },
    })
  }
  expect((await ask(address, { ...br, 'If-None-Match': '"other"' })).status).toBe(200)
})

describe('is left to Next', () => {
  test.each([
    ['without an encoding', address, {}],
    ['for gzip alone', address, { 'Accept-Encoding': 'gzip' }],
    ['where brotli is ruled out', address, { 'Accept-Encoding': 'gzip, br;q=0' }],
    ['where brotli is ruled out at length', address, { 'Accept-Encoding': 'br; q=0.000, gzip' }],
    ['where another encoding only looks alike', address, { 'Accept-Encoding': 'brx, xbr' }],
    ['a range', address, { ...br, Range: 'bytes=0-9' }],
    ['what has no brotli', '/_next/static/chunks/plain.js', br],
    ['what is neither script nor style', '/_next/static/chunks/picture.svg', br],
    ['the brotli by its own name', `${address}.br`, br],
    ['what lies elsewhere', '/_next/static/../secret.js', br],
    ['what lies elsewhere, encoded', '/_next/static/%2e%2e/secret.js', br],
    ['another address', '/chunks/a.js', br],
  ])('%s', async (_, path, headers) => {
    expect((await ask(path, headers)).status).toBe(299)
  })

  test('what is sent to it', async () => {
    expect((await ask(address, br, 'POST')).status).toBe(299)
  })

  test('everything, where nothing was compressed', async () => {
    const files = await readStaticFiles(join(folder, 'missing'))
    const made = createServer((incoming, outgoing) => outgoing.end(String(files(incoming, outgoing))))
    await new Promise<void>((done) => made.listen(0, '127.0.0.1', done))
    const { port } = made.address() as AddressInfo
    const answer = await fetch(`http://127.0.0.1:${port}${address}`)
    expect(await answer.text()).toBe('false')
    made.close()
  })
})

test.each(['br', 'BR', 'br;q=0.5', 'gzip;q=1, br; q=0.001', 'zstd,br'])('takes %s', async (encoding) => {
  const { headers } = await ask(address, { 'Accept-Encoding': encoding })
  expect(headers['content-encoding']).toBe('br')
})
