import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readSettings, requireReady } from './env'
import { StartError } from './start-error'

const secret = 'q3Zr8vKx0sWc5uYp2mTn7bHd4eLg9aJf'
const server = { DATABASE_URL: 'postgres://app:pw@db.example.com:5432/holdpoint', AUTH_SECRET: secret }

function refusal(env: Record<string, string>): string {
  try {
    readSettings(env as unknown as NodeJS.ProcessEnv)
  } catch (error) {
    if (error instanceof StartError) return error.message
    throw error
  }
  throw new Error(`accepted ${JSON.stringify(env)}`)
}

function read(env: Record<string, string>) {
  return readSettings(env as unknown as NodeJS.ProcessEnv)
}

describe('refused, with the name of the setting', () => {
  const cases: [string, string][] = [
    ['PORT', 'http'],
    ['PORT', '0'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '80.5'],
    ['DATABASE_URL', 'mysql://u:p@h/d'],
    ['DATABASE_URL', 'localhost:5432'],
    ['DATABASE_REPLICA_URL', 'not an address'],
    ['DATABASE_POOL', '1'],
    ['DATABASE_POOL', '101'],
    ['DATABASE_POOL', 'ten'],
    ['APP_URL', 'holdpoint.example.com'],
    ['APP_URL', 'javascript:alert(1)'],
    ['APP_URL', 'https://example.com/holdpoint'],
    ['APP_URL', 'https://user:pw@example.com'],
    ['AUTH_SECRET', 'short'],
    ['AUTH_SECRET', 'x'.repeat(64)],
    ['AUTH_SECRET', 'changemechangemechangemechangeme!'],
    ['AUTH_SECRET', 'please-change-me-before-production-1'],
    ['AUTH_SECRET', 'abcdefghijkl'.repeat(4)],
    ['AUTH_SECRET', '0123456789abcdef0123456789abcdef'],
    ['EMAIL_FROM', 'holdpoint'],
    ['EMAIL_FROM', 'a@example.com\r\nBcc: b@example.com'],
    ['RESEND_BASE_URL', 'resend'],
    ['OUTBOUND_ALLOW', '127.0.0.1'],
    ['OUTBOUND_ALLOW', '127.0.0.0/33'],
    ['OUTBOUND_ALLOW', 'localhost/8'],
    ['OUTBOUND_ALLOW', '10.0.0.0/8 all'],
    ['DEMO', 'yes'],
    ['CREATE_PROJECTS', 'admins'],
    ['RATE_LIMIT_PER_MINUTE', '-1'],
    ['MAX_WAITS_PER_KEY', 'many'],
    ['MAX_PENDING_PER_AGENT', '1e3'],
    ['MAX_BODY_KB', '0'],
    ['MAX_BODY_KB', '1025'],
    ['MAX_BODY_KB', '256kB'],
    ['OIDC_ISSUER', 'login.example.com'],
    ['TRUSTED_PROXIES', 'proxy.internal'],
    ['TRUSTED_PROXIES', '10.0.0.0/33'],
    ['TRUSTED_PROXIES', '10.0.0.1, 10.0.0'],
    ['TRUSTED_PROXIES', 'fe80::1%eth0'],
    ['TRUSTED_PROXIES', '*'],
  ]
  test.each(cases)('%s=%j', (name, value) => {
    const message = refusal({ [name]: value })
    expect(message).toContain(name)
    expect(message).not.toMatch(/zod|expected string|invalid_/i)
  })

  test('the entry of TRUSTED_PROXIES that is wrong, and not those that are right', () => {
    const message = refusal({ TRUSTED_PROXIES: '10.0.0.0/8, 192.0.2.300,2001:db8::1' })
    expect(message).toContain('"192.0.2.300" is neither')
    expect(message).not.toContain('2001:db8::1')
  })

  test('all wrong ones at once', () => {
    const message = refusal({ PORT: 'x', DEMO: 'maybe', OUTBOUND_ALLOW: 'lan' })
    expect(message).toMatch(/^3 settings are wrong/)
    expect(message).toContain('PORT')
    expect(message).toContain('DEMO')
    expect(message).toContain('OUTBOUND_ALLOW')
  })

  test('a database of one’s own without a secret', () => {
    expect(refusal({ DATABASE_URL: server.DATABASE_URL })).toContain('AUTH_SECRET is required')
  })

  test('a replica of the embedded database, which has none', () => {
    expect(refusal({ DATABASE_REPLICA_URL: server.DATABASE_URL })).toContain('belongs to a DATABASE_URL')
    expect(read({ ...server, DATABASE_REPLICA_URL: server.DATABASE_URL }).databasePool).toBe(10)
  })

  test('half a sign-in provider', () => {
    expect(refusal({ GITHUB_ID: 'abc' })).toContain('GITHUB_SECRET is missing')
    expect(refusal({ OIDC_ISSUER: 'https://login.example.com', OIDC_CLIENT_ID: 'x' })).toContain(
      'OIDC_CLIENT_SECRET',
    )
  })

  test('no value is repeated: it may be a secret', () => {
    expect(refusal({ AUTH_SECRET: 'hunter2' })).not.toContain('hunter2')
    expect(refusal({ DATABASE_URL: 'http://u:hunter2@h/d', AUTH_SECRET: secret })).not.toContain('hunter2')
  })
})

describe('read', () => {
  test('the defaults are those of the contract', () => {
    expect(read({})).toMatchObject({
      port: 3000,
      databaseUrl: undefined,
      dataDir: '.data',
      appUrl: 'http://localhost:3000',
      demo: true,
      rateLimitPerMinute: 600,
      maxWaitsPerKey: 100,
      maxPendingPerAgent: 1000,
      outboundAllow: [],
      createProjects: true,
      trustedProxies: [],
      cronSecret: undefined,
      metricsToken: undefined,
      allowUnsafeDatabase: false,
    })
  })

  test('empty and blank are unset', () => {
    expect(read({ PORT: '', DATABASE_URL: ' ', CRON_SECRET: '', DEMO: '' })).toEqual(read({}))
  })

  test('no sample project in a database of one’s own, unless told to', () => {
    expect(read(server).demo).toBe(false)
    expect(read({ ...server, DEMO: '1' }).demo).toBe(true)
    expect(read({ DEMO: '0' }).demo).toBe(false)
  })

  test('links follow the port, and APP_URL loses its last slash', () => {
    expect(read({ PORT: '4000' }).appUrl).toBe('http://localhost:4000')
    expect(read({ APP_URL: 'https://hold.example.com/' }).appUrl).toBe('https://hold.example.com')
  })

  test('ranges, limits and senders', () => {
    expect(read({ OUTBOUND_ALLOW: '127.0.0.0/8, fd00::/8' }).outboundAllow).toEqual([
      '127.0.0.0/8',
      'fd00::/8',
    ])
    expect(read({ TRUSTED_PROXIES: '10.0.0.7 fd00::/8,::1' }).trustedProxies).toEqual([
      '10.0.0.7',
      'fd00::/8',
      '::1',
    ])
    expect(read({ RATE_LIMIT_PER_MINUTE: '0' }).rateLimitPerMinute).toBe(0)
    expect(read({ EMAIL_FROM: 'Holdpoint <h@example.com>' }).emailFrom).toBe('Holdpoint <h@example.com>')
    expect(read({ EMAIL_FROM: 'h@example.com' }).emailFrom).toBe('h@example.com')
  })

  test('real secrets pass', () => {
    for (const real of [
      secret,
      'f3a91c0d7be24586a0c1d2e3f4b5968770615243',
      'mN0+/pQ8rS2tU4vW6xY7zA9bC1dE3fG5hI6jK8lM=',
    ]) {
      expect(read({ AUTH_SECRET: real }).authSecret).toBe(real)
    }
  })

  test('ready means database and secret', () => {
    expect(() => requireReady(read({}))).toThrow(StartError)
    expect(requireReady(read(server)).databaseUrl).toBe(server.DATABASE_URL)
  })
})

test('compose.yaml passes every setting on but what the image and its port fix', () => {
  const named = (file: string, line: RegExp) =>
    [...readFileSync(join(import.meta.dirname, '..', file), 'utf8').matchAll(line)].map(([, name]) => name)
  const passed = new Set(named('compose.yaml', /^ {6}([A-Z_]+): /gm))
  const missing = named('.env.example', /^#([A-Z_]+)=/gm).filter((name) => !passed.has(name))
  expect(missing).toEqual(['PORT', 'DATA_DIR'])
})
