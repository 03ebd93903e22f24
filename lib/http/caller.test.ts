import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { addressOf, withCaller } from './caller'
import { toRequest } from './node-http'

let server: Server | undefined

beforeAll(() => {
  Object.assign(process.env, {
    DATABASE_URL: 'postgres://nobody@localhost:1/none',
    AUTH_SECRET: 'test-secret-of-more-than-thirty-two-characters-4711',
    TRUSTED_PROXIES: '127.0.0.0/8',
  })
})

afterEach(() => {
  delete process.env.VERCEL
  server?.close()
})

/** What the API, and what a page behind the same connection, take the caller's address to be. */
async function seen(headers: Record<string, string>): Promise<(string | null)[]> {
  server = createServer((incoming, outgoing) => {
    const api = addressOf(toRequest(incoming, outgoing))
    void withCaller(incoming, async () => {
      await new Promise((done) => setImmediate(done))
      const page = addressOf({ headers: new Headers(headers) })
      outgoing.end(JSON.stringify([api, page]))
    })
  })
  await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return (await (await fetch(`http://127.0.0.1:${port}/`, { headers })).json()) as (string | null)[]
}

test('the connection’s, for the API and for pages', async () => {
  expect(await seen({})).toEqual(['127.0.0.1', '127.0.0.1'])
})

test('through a trusted proxy the nearest stranger’s', async () => {
  expect(await seen({ 'x-forwarded-for': '9.9.9.9, 203.0.113.9' })).toEqual(['203.0.113.9', '203.0.113.9'])
})

test('headers of Vercel mean nothing where the connection is known', async () => {
  process.env.VERCEL = '1'
  expect(await seen({ 'x-vercel-forwarded-for': '203.0.113.9' })).toEqual(['127.0.0.1', '127.0.0.1'])
})

test('without our own server nobody’s word is taken, but for the edge of Vercel', () => {
  const headers = new Headers({ 'x-forwarded-for': '1.1.1.1', 'x-real-ip': '2.2.2.2' })
  headers.set('x-vercel-forwarded-for', '9.9.9.9, 2001:DB8::1')
  expect(addressOf(new Request('http://localhost/api', { headers }))).toBeNull()
  process.env.VERCEL = '1'
  expect(addressOf(new Request('http://localhost/api', { headers }))).toBe('2001:db8::1')
  expect(addressOf({ headers })).toBe('2001:db8::1')
  headers.set('x-vercel-forwarded-for', 'garbage')
  expect(addressOf({ headers })).toBeNull()
})
