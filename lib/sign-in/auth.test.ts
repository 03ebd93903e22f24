import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { and, eq } from 'drizzle-orm'
import NextAuth from 'next-auth'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openDatabase, type Database } from '@/db/client'
import { auditEntries } from '@/db/schema/audit'
import { accounts, sessions, users } from '@/db/schema/identity'
import { readSettings, requireReady, type ReadySettings } from '@/lib/env'
import { makeTeam } from '@/lib/testing/person'
import { inviteMember } from '@/lib/members/invite'
import { startSession } from '@/lib/members/session'
import { createTestDatabase } from '@/lib/testing/database'
import { hashToken } from '@/lib/tokens'
import { authOptions } from './auth'
import { gitHubClaims, providersOf, verifiedEmail, type Claims } from './providers'

const appUrl = 'https://hold.example.com'
const sessionCookie = '__Secure-next-auth.session-token'

/** An OpenID provider on this machine, which vouches for whomever `claims` says. */
class FakeProvider {
  claims: Claims = {}
  hasEmailInUserinfoOnly = false
  private nonce = ''
  private readonly keys: { publicKey: KeyObject; privateKey: KeyObject } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
  })
  private readonly server: Server = createServer((request, response) => {
    const answers: Record<string, () => unknown> = {
      '/.well-known/openid-configuration': () => this.configuration(),
      '/jwks': () => ({
        keys: [{ ...this.keys.publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'RS256', use: 'sig' }],
      }),
      '/token': () => ({ access_token: 'provider-secret', token_type: 'Bearer', id_token: this.idToken() }),
      '/userinfo': () => this.claims,
    }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(answers[request.url ?? '']?.()))
  })

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve))
  }

  stop(): void {
    this.server.close()
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  /** What the browser brings back after the person agreed. */
  agree(authorizationUrl: string): Record<string, string> {
    const query = new URL(authorizationUrl).searchParams
    this.nonce = query.get('nonce') ?? ''
    return { code: 'c0de', state: query.get('state') ?? '' }
  }

  private configuration() {
    const at = (path: string) => this.issuer + path
    return {
      issuer: this.issuer,
      authorization_endpoint: at('/authorize'),
      token_endpoint: at('/token'),
      userinfo_endpoint: at('/userinfo'),
      jwks_uri: at('/jwks'),
      id_token_signing_alg_values_supported: ['RS256'],
    }
  }

  private idToken(): string {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const now = Math.floor(Date.now() / 1000)
    const { sub } = this.claims
    const about = this.hasEmailInUserinfoOnly ? { sub } : this.claims
    const frame = { iss: this.issuer, aud: 'client', iat: now, exp: now + 300, nonce: this.nonce }
    const head = `${part({ alg: 'RS256', kid: 'k' })}.${part({ ...about, ...frame })}`
    return `${head}.${createSign('RSA-SHA256').update(head).sign(this.keys.privateKey, 'base64url')}`
  }
}

const origin = { requestId: 'the-callback', address: '203.0.113.9' }

function callbackOf(action: string) {
  const [name, provider = ''] = action.split('/')
  return name === 'callback' ? { provider, origin } : undefined
}

/** A browser that speaks to next-auth, as far as cookies and redirects go. */
class Browser {
  readonly cookies = new Map<string, string>()
  constructor(
    private readonly db: Database,
    private readonly setting: ReadySettings,
  ) {}

  async call(
    method: string,
    action: string,
    fields: Record<string, string> = {},
    query: Record<string, string> = {},
  ) {
    const answer = { location: '', body: undefined as unknown }
    const response = {
      status: () => response,
      setHeader: (name: string, value: string | string[]) => {
        if (name.toLowerCase() === 'set-cookie') for (const line of [value].flat()) this.keep(line)
        if (name === 'Location') answer.location = String(value)
        return response
      },
      getHeader: () => [],
      end: () => response,
      json: (body: unknown) => void (answer.body = body),
      send: (body: unknown) => void (answer.body = body),
    }
    const request = {
      method,
      query: { nextauth: action.split('/'), ...query },
      body: fields,
      cookies: Object.fromEntries(this.cookies),
      headers: { host: 'evil.example', 'x-forwarded-host': 'evil.example' },
    }
    const options = authOptions(this.db, this.setting, callbackOf(action))
    await NextAuth(request as never, response as never, options)
    return answer
  }

  private keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    if (value === '' || /max-age=0/i.test(line)) this.cookies.delete(name)
    else this.cookies.set(name, decodeURIComponent(value))
  }

  async signIn(provider: FakeProvider, callbackUrl = '/demo'): Promise<string> {
    const { body } = await this.call('GET', 'csrf')
    const { csrfToken } = body as { csrfToken: string }
    const { location } = await this.call('POST', 'signin/oidc', { csrfToken, callbackUrl })
    return (await this.call('GET', 'callback/oidc', {}, provider.agree(location))).location
  }
}

type Opened = ReturnType<typeof openDatabase>
let made: Awaited<ReturnType<typeof createTestDatabase>>
let opened: Opened
let db: Database
let setting: ReadySettings
const provider = new FakeProvider()

beforeAll(async () => {
  made = await createTestDatabase()
  opened = openDatabase(made.url)
  db = opened.db
  await provider.start()
  process.env.NEXTAUTH_URL = appUrl
  setting = requireReady(
    readSettings({
      NODE_ENV: 'test',
      DATABASE_URL: made.url,
      AUTH_SECRET: 'K8vX2mQ9rT4wZ7yB1nC5dF6gH3jL0pSa',
      APP_URL: appUrl,
      OIDC_ISSUER: provider.issuer,
      OIDC_CLIENT_ID: 'client',
      OIDC_CLIENT_SECRET: 'secret',
    }),
  )
})
afterAll(async () => {
  delete process.env.NEXTAUTH_URL
  provider.stop()
  await opened.close()
  await made.drop()
})
beforeEach(() => {
  provider.hasEmailInUserinfoOnly = false
})

const sessionsOf = async (userId: string) => db.select().from(sessions).where(eq(sessions.userId, userId))
const countPeople = async () => (await db.select().from(users)).length

describe('signing in by another provider', () => {
  test('opens the account of a known person by the verified e-mail, and only our own hosts', async () => {
    const { viewer } = await makeTeam(db)
    const browser = new Browser(db, setting)
    const before = await countPeople()
    provider.claims = { sub: 'p-1', email: viewer.actor.email.toUpperCase(), email_verified: true }
    expect(await browser.signIn(provider, '/demo/approvals')).toBe(`${appUrl}/demo/approvals`)
    const token = browser.cookies.get(sessionCookie) ?? ''
    expect(Buffer.from(token, 'base64url')).toHaveLength(32)
    expect((await sessionsOf(viewer.actor.id)).map((row) => row.sessionToken)).toContain(hashToken(token))
    expect(await countPeople()).toBe(before)
    const [session] = (await sessionsOf(viewer.actor.id)).filter(
      (row) => row.sessionToken === hashToken(token),
    )
    const isSignIn = and(
      eq(auditEntries.projectId, viewer.project.id),
      eq(auditEntries.action, 'session.created'),
    )
    expect(await db.select().from(auditEntries).where(isSignIn)).toEqual([
      expect.objectContaining({
        ...origin,
        actorId: viewer.actor.id,
        targetId: session?.id,
        credentialId: session?.id,
        detail: JSON.stringify({ email: viewer.actor.email, way: 'oidc' }),
      }),
    ])
    const [account] = await db.select().from(accounts).where(eq(accounts.userId, viewer.actor.id))
    expect(account).toMatchObject({
      provider: 'oidc',
      providerAccountId: 'p-1',
      access_token: null,
      id_token: null,
    })
  })

  test('an account that was linked stays its person’s when the provider’s e-mail changes', async () => {
    const { viewer, reviewer } = await makeTeam(db)
    provider.claims = { sub: 'p-2', email: viewer.actor.email, email_verified: true }
    await new Browser(db, setting).signIn(provider)
    provider.claims = { sub: 'p-2', email: reviewer.actor.email, email_verified: true }
    const count = (await sessionsOf(viewer.actor.id)).length
    await new Browser(db, setting).signIn(provider)
    expect(await sessionsOf(viewer.actor.id)).toHaveLength(count + 1)
    expect(await sessionsOf(reviewer.actor.id)).toHaveLength(1)
  })

  test('finds the e-mail where only the userinfo tells it', async () => {
    const { viewer } = await makeTeam(db)
    provider.hasEmailInUserinfoOnly = true
    provider.claims = { sub: 'p-3', email: viewer.actor.email, email_verified: true }
    const browser = new Browser(db, setting)
    expect(await browser.signIn(provider)).toBe(`${appUrl}/demo`)
    expect(browser.cookies.has(sessionCookie)).toBe(true)
  })

  test.each([
    ['an e-mail that nobody here has', { email: 'stranger@example.com', email_verified: true }, 'unknown'],
    ['an e-mail that is not verified', { email_verified: false }, 'unverified'],
    ['no word on whether it is verified', {}, 'unverified'],
    ['no e-mail at all', { email: null, email_verified: true }, 'unverified'],
  ])('refuses %s, and makes nothing', async (_, change, error) => {
    const { viewer } = await makeTeam(db)
    const before = [await countPeople(), (await db.select().from(accounts)).length]
    provider.claims = { sub: `refused-${error}`, email: viewer.actor.email, ...change }
    const browser = new Browser(db, setting)
    expect(await browser.signIn(provider)).toBe(`/sign-in?error=${error}`)
    expect(browser.cookies.has(sessionCookie)).toBe(false)
    expect([await countPeople(), (await db.select().from(accounts)).length]).toEqual(before)
    expect(await sessionsOf(viewer.actor.id)).toHaveLength(1)
  })

  test('while somebody else is signed in, links nothing to them', async () => {
    const { viewer, reviewer } = await makeTeam(db)
    const browser = new Browser(db, setting)
    const own = await startSession(db, reviewer.actor.id)
    browser.cookies.set(sessionCookie, own.token)
    provider.claims = { sub: 'p-4', email: viewer.actor.email, email_verified: true }
    await browser.signIn(provider)
    const rows = await db.select().from(accounts).where(eq(accounts.providerAccountId, 'p-4'))
    expect(rows.map((row) => row.userId)).toEqual([viewer.actor.id])
  })

  test('a state that this browser did not get opens nothing', async () => {
    const { viewer } = await makeTeam(db)
    provider.claims = { sub: 'p-5', email: viewer.actor.email, email_verified: true }
    const [mine, theirs] = [new Browser(db, setting), new Browser(db, setting)]
    const { body } = await theirs.call('GET', 'csrf')
    const { csrfToken } = body as { csrfToken: string }
    const { location } = await theirs.call('POST', 'signin/oidc', { csrfToken, callbackUrl: '/' })
    const answer = await mine.call('GET', 'callback/oidc', {}, provider.agree(location))
    expect(answer.location).toBe(`${appUrl}/api/auth/error?error=OAuthCallback`)
    expect(mine.cookies.has(sessionCookie)).toBe(false)
  })

  test('the first proof of the mailbox ends what was opened before in that name', async () => {
    const { owner } = await makeTeam(db)
    const member = await inviteMember(owner, { email: 'first-proof@example.com', role: 'viewer' })
    const early = await startSession(db, member.id)
    provider.claims = { sub: 'p-6', email: member.email, email_verified: true }
    await new Browser(db, setting).signIn(provider)
    const left = (await sessionsOf(member.id)).map((row) => row.sessionToken)
    expect(left).toHaveLength(1)
    expect(left).not.toContain(hashToken(early.token))
  })

  test.each(['//evil.example', 'https://evil.example/x', '/\\evil.example'])(
    'never returns to %s',
    async (target) => {
      const { viewer } = await makeTeam(db)
      provider.claims = { sub: `back-${viewer.actor.id}`, email: viewer.actor.email, email_verified: true }
      const location = await new Browser(db, setting).signIn(provider, target)
      expect(new URL(location, appUrl).origin).toBe(appUrl)
    },
  )
})

describe('the session that next-auth reads', () => {
  test('is found by its cookie, prolonged, and ended by signing out', async () => {
    const { viewer } = await makeTeam(db)
    const browser = new Browser(db, setting)
    const { token } = await startSession(db, viewer.actor.id)
    await db
      .update(sessions)
      .set({ expires: new Date(Date.now() + 86_400_000) })
      .where(eq(sessions.sessionToken, hashToken(token)))
    browser.cookies.set(sessionCookie, token)
    const { body } = await browser.call('GET', 'session')
    expect(body).toMatchObject({ user: { email: viewer.actor.email } })
    const [row] = await db
      .select()
      .from(sessions)
      .where(eq(sessions.sessionToken, hashToken(token)))
    expect((row?.expires.getTime() ?? 0) - Date.now()).toBeGreaterThan(29 * 86_400_000)
    expect(browser.cookies.get(sessionCookie)).toBe(token)
    const { csrfToken } = (await browser.call('GET', 'csrf')).body as { csrfToken: string }
    await browser.call('POST', 'signout', { csrfToken, callbackUrl: '/sign-in' })
    expect(
      await db
        .select()
        .from(sessions)
        .where(eq(sessions.sessionToken, hashToken(token))),
    ).toEqual([])
    expect(browser.cookies.has(sessionCookie)).toBe(false)
  })

  test('the stored hash is no cookie', async () => {
    const { viewer } = await makeTeam(db)
    const browser = new Browser(db, setting)
    browser.cookies.set(sessionCookie, viewer.actor.sessionToken ?? '')
    expect((await browser.call('GET', 'session')).body).toEqual({})
  })
})

describe('verifiedEmail', () => {
  test.each<[Claims, string | undefined]>([
    [{ email: 'A@Example.com', email_verified: true }, 'a@example.com'],
    [{ email: 'a@example.com', email_verified: 'true' }, 'a@example.com'],
    [{ email: 'a@example.com', email_verified: 'false' }, undefined],
    [{ email: 'a@example.com', email_verified: false }, undefined],
    [{ email: 'a@example.com' }, undefined],
    [{ email: '', email_verified: true }, undefined],
    [{ email_verified: true }, undefined],
  ])('%j gives %s', (claims, email) => {
    expect(verifiedEmail(claims)).toBe(email)
  })

  test('of GitHub the primary address alone, and only if verified; the public one of the profile means nothing', () => {
    const profile = { id: 7, login: 'octo', email: 'public@example.com' }
    const address = (email: string, primary: boolean, verified: boolean) => ({ email, primary, verified })
    const of = (...emails: ReturnType<typeof address>[]) => verifiedEmail(gitHubClaims(profile, emails))
    expect(of(address('b@example.com', false, true), address('a@example.com', true, true))).toBe(
      'a@example.com',
    )
    expect(of(address('a@example.com', true, false), address('b@example.com', false, true))).toBeUndefined()
    expect(of()).toBeUndefined()
  })
})

test('providers are those that the settings name', () => {
  const all = { ...setting, githubId: 'g', githubSecret: 's', googleId: 'g', googleSecret: 's' }
  expect(providersOf(all).map((one) => one.id)).toEqual(['github', 'google', 'oidc'])
  expect(providersOf({ ...setting, oidcIssuer: undefined })).toEqual([])
})
