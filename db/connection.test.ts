import { userInfo } from 'node:os'
import { describe, expect, test } from 'vitest'
import { ConnectionError, isLocal, parseConnection, placeOf, withParameters } from './connection'

function refusal(url: string): string {
  try {
    parseConnection(url)
  } catch (error) {
    if (error instanceof ConnectionError) return error.message
    throw error
  }
  return 'not refused'
}

const base = 'postgres://app:pw@db.example.com/holdpoint'

describe('refused, with what to write instead, and never with the password', () => {
  test.each([
    ['mysql://app:hunter2@h/d', /must be an address such as/],
    ['db.example.com:5432', /must be an address such as/],
    ['postgres://app:hun%ter2@h/d', /% that begins no character/],
    ['postgres://app:hunter2/x@h/d', /special characters have to be %-encoded/],
    ['postgres://app:12/hunter2@h/d', /special characters have to be %-encoded/],
    ['postgres://app:s3cr?hunter-2@db.example:5432/d', /special characters have to be %-encoded/],
    ['postgres://app:s3cr/x?hunter@h/d', /special characters have to be %-encoded/],
    ['postgres://h/d?user=app&password=s3cr&hunter2', /& within a password is written %26/],
    ['postgres://app:hunter2@h:0/d', /a port that is no number/],
    ['postgres://app:hunter2@h:5432x/d', /a port that is no number/],
    ['postgres://app:hunter2@h1,h2,h3/d?port=1,2', /3 hosts and 2 ports/],
    [`${base}?sslmode=on`, /a sslmode that is none of disable, allow/],
    [`${base}?sslmode=verify-ca`, /without the certificate to trust; add sslrootcert=/],
    [`${base}?sslmode=require&sslrootcert=system`, /with sslmode=verify-full alone/],
    [`${base}?sslmode=require&sslcert=/c.pem`, /one of sslcert and sslkey; give both/],
    [`${base}?sslnegotiation=direct`, /it needs sslmode=require or stronger/],
    [`${base}?channel_binding=require`, /it needs sslmode=require or stronger/],
    [`${base}?channel_binding=yes`, /none of disable, prefer, require/],
    [`${base}?target_session_attrs=leader`, /none of any, read-write/],
    [`${base}?connect_timeout=soon`, /no number of seconds/],
    [`${base}?prepare=no`, /none of true, false/],
    [`${base}?options=-c%20DateStyle=German`, /sets DateStyle in options, which Holdpoint sets itself/],
    [`${base}?options=--search-path=x`, /sets search-path in options/],
    [`${base}?options=-B%20100`, /not of the form -c name=value/],
  ])('%s', (url, sentence) => {
    expect(refusal(url)).toMatch(sentence)
    expect(refusal(url)).not.toMatch(/hun/)
  })

  test.each([
    ['ssl=true', /has the parameter ssl, which is not known: write sslmode=require/],
    ['sslaccept=strict', /write sslmode=verify-full/],
    ['uselibpqcompat=true', /leave it out, for sslmode means here what libpq means/],
    ['pgbouncer=true', /for a pooler without prepared statements write prepare=false/],
    ['schema=public', /the tables are in the schema public/],
    ['currentSchema=app', /the tables are in the schema public/],
    ['connection_limit=5', /set DATABASE_POOL/],
    ['statement_timeout=1', /leave it out, for Holdpoint sets it itself/],
    ['datestyle=ISO', /leave it out, for Holdpoint sets it itself/],
    ['constructor=1', /leave it out. Known are host, port/],
    ['__proto__=1', /leave it out. Known are host, port/],
    ['a%00%20%22b=1', /has the parameter "a\\u0000 \\"b"/],
  ])('the unknown parameter %s', (parameter, sentence) => {
    expect(refusal(`${base}?sslmode=require&${parameter}`)).toMatch(sentence)
  })
})

describe('as services print it', () => {
  test('Neon', () => {
    const url =
      'postgresql://neondb_owner:npg_s3cr%40t@ep-cool-1-pooler.eu-central-1.aws.neon.tech/neondb?sslmode=require&channel_binding=require'
    expect(parseConnection(url)).toMatchObject({
      hosts: [{ host: 'ep-cool-1-pooler.eu-central-1.aws.neon.tech', port: 5432 }],
      user: 'neondb_owner',
      password: 'npg_s3cr@t',
      database: 'neondb',
      tls: { mode: 'require' },
    })
  })

  test('Neon, with the endpoint in options', () => {
    expect(parseConnection(`${base}?options=endpoint%3Dep-cool-1&sslmode=require`).options).toBe(
      'endpoint=ep-cool-1',
    )
  })

  test('Cloud SQL’s socket', () => {
    const url = 'postgres://user:pw@/db?host=/cloudsql/project:region:instance'
    const read = parseConnection(url)
    expect(read.hosts).toEqual([{ host: '/cloudsql/project:region:instance', port: 5432 }])
    expect([read.user, read.database, isLocal(read)]).toEqual(['user', 'db', true])
  })

  test('a certificate of one’s own, in the client’s hand too', () => {
    const url = `${base}?sslmode=verify-full&sslrootcert=/etc/ca.pem&sslcert=/etc/c.pem&sslkey=/etc/k.pem`
    expect(parseConnection(url).tls).toEqual({
      mode: 'verify-full',
      rootCert: '/etc/ca.pem',
      cert: { cert: '/etc/c.pem', key: '/etc/k.pem' },
      isDirect: false,
    })
  })
})

describe('as libpq reads it', () => {
  test.each([
    ['?host=', 'postgres://a:b@/d?host=/run/pg', [{ host: '/run/pg', port: 5432 }]],
    ['%2F', 'postgres://a:b@%2Frun%2Fpg:5433/d', [{ host: '/run/pg', port: 5433 }]],
    [
      'an empty host, in the usual folders',
      'postgres:///d',
      [
        { host: '/var/run/postgresql', port: 5432 },
        { host: '/tmp', port: 5432 },
      ],
    ],
    [
      'several hosts',
      'postgres://a:b@h1:5433,h2/d',
      [
        { host: 'h1', port: 5433 },
        { host: 'h2', port: 5432 },
      ],
    ],
    [
      'several hosts as parameters',
      'postgres:///d?host=h1,h2&port=5433,5434',
      [
        { host: 'h1', port: 5433 },
        { host: 'h2', port: 5434 },
      ],
    ],
    [
      'one port for all',
      'postgres:///d?host=h1,h2&port=6000',
      [
        { host: 'h1', port: 6000 },
        { host: 'h2', port: 6000 },
      ],
    ],
    ['IPv6', 'postgres://a:b@[::1]:5433/d', [{ host: '::1', port: 5433 }]],
    ['a parameter before what stands before it', 'postgres://h1:1/d?host=h2', [{ host: 'h2', port: 1 }]],
  ])('hosts: %s', (_, url, hosts) => {
    expect(parseConnection(url).hosts).toEqual(hosts)
  })

  test('what is missing', () => {
    const me = userInfo().username
    expect(parseConnection('postgres://h')).toMatchObject({
      user: me,
      password: '',
      database: me,
      tls: { mode: 'prefer' },
      target: 'any',
      canPrepare: true,
    })
  })

  test('login and name as parameters, percent-escapes, the last of two', () => {
    const url = 'postgres://x:y@h/z?user=b%40c&password=p%26%3D%2B%20w+&dbname=a&dbname=d%2Fe&prepare=false'
    expect(parseConnection(url)).toMatchObject({
      user: 'b@c',
      password: 'p&=+ w+',
      database: 'd/e',
      canPrepare: false,
    })
    expect(parseConnection('postgres://a:b%2Fc%3Ad%40@h/e').password).toBe('b/c:d@')
  })

  test('require with a certificate checks it', () => {
    expect(parseConnection(`${base}?sslmode=require&sslrootcert=/ca.pem`).tls.mode).toBe('verify-ca')
    expect(parseConnection(`${base}?sslrootcert=system`).tls.mode).toBe('verify-full')
    expect(parseConnection(`${base}?sslmode=verify-full&channel_binding=require`).tls.mode).toBe(
      'verify-full',
    )
  })

  test('the rest', () => {
    const url = `${base}?application_name=pay&connect_timeout=3&target_session_attrs=read-write&options=-c%20geqo%3Doff`
    expect(parseConnection(url)).toMatchObject({
      applicationName: 'pay',
      connectTimeoutSeconds: 3,
      target: 'read-write',
      options: '-c geqo=off',
    })
  })
})

test('a place without its login, and an address with more parameters', () => {
  expect(placeOf(parseConnection('postgres://a:hunter2@h1,[::1]:2/d?sslmode=require'))).toBe(
    'h1:5432,[::1]:2/d',
  )
  const more = withParameters(base, { dbname: 'a/b', host: '/x' })
  expect(parseConnection(more)).toMatchObject({ database: 'a/b', hosts: [{ host: '/x' }], user: 'app' })
  expect(parseConnection(withParameters(more, { dbname: 'c' })).database).toBe('c')
})
