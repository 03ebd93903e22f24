import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { beforeAll, describe, expect, test } from 'vitest'
import { openAuth } from './auth-door'
import { withCaller } from '@/lib/http/caller'

const appUrl = 'https://hold.example.com'
const configured = ['github', 'oidc']

beforeAll(() => {
  Object.assign(process.env, {
    DATABASE_URL: 'postgres://nobody@localhost:1/none',
    AUTH_SECRET: 'test-secret-of-more-than-thirty-two-characters-4711',
    APP_URL: appUrl,
    TRUSTED_PROXIES: '127.0.0.0/8',
  })
})

type Sent = { method?: string; providers?: string[]; type?: string; origin?: string | null; body?: string }

/** The action that is let through, or the code and status of the refusal. */
async function open(path: string, sent: Sent = {}): Promise<string> {
  const { method = 'GET', providers = configured, origin = appUrl, body } = sent
  const headers = new Headers({ 'content-type': sent.type ?? 'application/x-www-form-urlencoded' })
  if (origin !== null) headers.set('origin', origin)
  const init = {
    method,
    headers,
    ...(method === 'POST' && { body: body ?? 'csrfToken=1&callbackUrl=/&json=true' }),
  }
  try {
    const call = await openAuth(new Request(`${appUrl}/api/auth/${path}`, init), path.split('/'), providers)
    return `${call.method} ${call.action}${call.form ? ` ${call.form.toString()}` : ''}`
  } catch (error) {
    const { status, code } = error as { status: number; code: string }
    return `${status} ${code}`
  }
}

describe('let through is what our pages and the providers use', () => {
  test.each([
    ['csrf', {}, 'GET csrf'],
    ['csrf', { method: 'HEAD' }, 'GET csrf'],
    ['providers', {}, 'GET providers'],
    ['callback/github', {}, 'GET callback'],
    ['error', {}, 'GET error'],
    ['signin/oidc', { method: 'POST' }, 'POST signin csrfToken=1&callbackUrl=%2F&json=true'],
    ['signout', { method: 'POST', providers: [] }, 'POST signout csrfToken=1&callbackUrl=%2F&json=true'],
    ['signout', { method: 'POST', body: 'csrfToken=1&other=2&__proto__=3' }, 'POST signout csrfToken=1'],
  ])('%s %j: %s', async (path, sent, answer) => {
    expect(await open(path, sent)).toBe(answer)
  })
})

describe('refused is the rest', () => {
  test.each([
    ['_log', { method: 'POST', body: 'code=x&level=error' }, '404 not_found'],
    ['session', {}, '404 not_found'],
    ['signin', {}, '404 not_found'],
    ['signin/email', { method: 'POST' }, '404 not_found'],
    ['signin/oidc/more', { method: 'POST' }, '404 not_found'],
    ['callback/credentials', { method: 'POST' }, '404 not_found'],
    ['verify-request', {}, '404 not_found'],
    ['constructor', {}, '404 not_found'],
    ['', {}, '404 not_found'],
    ['providers', { providers: [] }, '404 not_found'],
    ['callback/github', { providers: [] }, '404 not_found'],
    ['signin/oidc', {}, '405 method_not_allowed'],
    ['callback/oidc', { method: 'POST' }, '405 method_not_allowed'],
    ['callback/oidc', { method: 'HEAD' }, '405 method_not_allowed'],
    ['signout', {}, '405 method_not_allowed'],
    ['signout', { method: 'POST', type: 'application/json', body: '{}' }, '415 unsupported_media_type'],
    ['signout', { method: 'POST', origin: 'https://evil.example' }, '403 forbidden'],
    ['signout', { method: 'POST', origin: null }, '403 forbidden'],
    ['signout', { method: 'POST', body: `csrfToken=${'x'.repeat(65_536)}` }, '413 body_too_large'],
  ] satisfies [string, Sent, string][])('%s %j: %s', async (path, sent, answer) => {
    expect(await open(path, sent)).toBe(answer)
  })
})

test('callbacks count against the sign-in limit only where the browser has begun to sign in', async () => {
  const call = async (cookie: string) => {
    const incoming = createServer((one, other) => {
      void withCaller(one, async () => {
        const request = new Request(`${appUrl}/api/auth/callback/oidc`, { headers: { cookie } })
        const refused = await openAuth(request, ['callback', 'oidc'], configured).then(
          () => 'open',
          (error: { code: string }) => error.code,
        )
        other.end(refused)
      })
    })
    await new Promise<void>((done) => incoming.listen(0, '127.0.0.1', done))
    const { port } = incoming.address() as AddressInfo
    const answers: string[] = []
    for (let i = 0; i < 31; i++) {
      const headers = { 'x-forwarded-for': '203.0.113.9' }
      answers.push(await (await fetch(`http://127.0.0.1:${port}/`, { headers })).text())
    }
    incoming.close()
    return answers.filter((answer) => answer === 'open').length
  }
  expect(await call('next-auth.state=; other=next-auth.state')).toBe(31)
  expect(await call('a=b; __Secure-next-auth.state=x')).toBe(30)
})
