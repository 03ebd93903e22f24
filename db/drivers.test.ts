import { Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { startOwnPostgres, tlsFile, type OwnPostgres } from '@/lib/testing/own-postgres'
import { withParameters } from './connection'
import { openSql, openWorkerPool } from './drivers'
import { steadySettings } from './session-settings'

let server: OwnPostgres

const access = [
  'local all all scram-sha-256',
  'hostssl all only_tls 127.0.0.1/32 scram-sha-256',
  'hostnossl all only_plain 127.0.0.1/32 scram-sha-256',
  'hostssl all by_certificate 127.0.0.1/32 cert clientcert=verify-full',
  'host all either,odd 127.0.0.1/32 scram-sha-256',
]

/** What nobody should do to a role, and some do. */
const odd = [
  "DateStyle = 'German, DMY'",
  "IntervalStyle = 'sql_standard'",
  "TimeZone = 'Asia/Kathmandu'",
  'standard_conforming_strings = off',
  "bytea_output = 'escape'",
  'extra_float_digits = -10',
  'array_nulls = off',
  'transform_null_equals = on',
  "search_path = ''",
  "default_transaction_isolation = 'serializable'",
  'default_transaction_read_only = on',
  'default_transaction_deferrable = on',
  'synchronous_commit = off',
  "statement_timeout = '1h'",
  "lock_timeout = '1ms'",
  "idle_session_timeout = '1h'",
  "idle_in_transaction_session_timeout = '1h'",
  "transaction_timeout = '1h'",
  'row_security = off',
  "client_encoding = 'LATIN1'",
  'gin_fuzzy_search_limit = 5',
]

beforeAll(async () => {
  server = await startOwnPostgres(access, { socketFolders: ['/tmp'] })
  for (const role of ['only_tls', 'only_plain', 'either', 'odd', 'by_certificate'])
    await server.run(`create role ${role} login password 's:e/c@r%et'`)
  await server.run(odd.map((setting) => `alter role odd set ${setting};`).join('\n'))
  await server.run('create database of_odds owner odd')
  await server.run(odd.map((setting) => `alter database of_odds set ${setting};`).join('\n'))
}, 60_000)
afterAll(() => server?.stop())

const password = encodeURIComponent('s:e/c@r%et')
const at = (role: string, host: string, parameters = '') =>
  `postgres://${role}:${password}@${host}:${server.port}/postgres${parameters}`

type Session = { tls: boolean; local: boolean; user: string }
const look = `select current_user::text as user, inet_server_addr() is null as local,
  coalesce((select ssl from pg_catalog.pg_stat_ssl where pid = pg_backend_pid()), false) as tls`

/** The same of both drivers. */
async function open(url: string): Promise<Session> {
  const sql = openSql(url, { max: 1, name: 'test' })
  const workers = openWorkerPool(url, { max: 1, name: 'test' }, () => undefined)
  try {
    const [one] = await sql.unsafe<Session[]>(look)
    const { rows } = await workers.pool.query<Session>(look)
    expect(rows[0]).toEqual(one)
    return one as Session
  } finally {
    await sql.end()
    await workers.close()
  }
}

const refusal = (url: string) => open(url).catch((error: Error & { code?: string }) => error.code)

describe('TLS with a CA of one’s own', () => {
  const ca = encodeURIComponent(tlsFile('ca.pem'))
  const other = encodeURIComponent(tlsFile('other-ca.pem'))

  test.each([
    ['verify-full', 'localhost', () => `?sslmode=verify-full&sslrootcert=${ca}`],
    ['verify-ca, whatever the name', '127.0.0.1', () => `?sslmode=verify-ca&sslrootcert=${ca}`],
    ['require without a CA', '127.0.0.1', () => '?sslmode=require'],
    ['require with channel_binding', '127.0.0.1', () => '?sslmode=require&channel_binding=require'],
    ['require with a CA', '127.0.0.1', () => `?sslmode=require&sslrootcert=${ca}`],
    ['prefer', '127.0.0.1', () => '?sslmode=prefer'],
    ['nothing said', '127.0.0.1', () => ''],
    ['allow, where the server wants it', '127.0.0.1', () => '?sslmode=allow'],
    ['direct', 'localhost', () => `?sslmode=verify-full&sslrootcert=${ca}&sslnegotiation=direct`],
  ])('encrypts: %s', async (_, host, parameters) => {
    expect(await open(at('only_tls', host, parameters()))).toEqual({
      tls: true,
      local: false,
      user: 'only_tls',
    })
  })

  test.each([
    ['another CA', 'localhost', () => `?sslmode=verify-full&sslrootcert=${other}`, 'SELF_SIGNED|UNABLE_TO'],
    ['another CA', 'localhost', () => `?sslmode=verify-ca&sslrootcert=${other}`, 'SELF_SIGNED|UNABLE_TO'],
    ['another CA', 'localhost', () => `?sslmode=require&sslrootcert=${other}`, 'SELF_SIGNED|UNABLE_TO'],
    ['those that Node trusts', 'localhost', () => '?sslrootcert=system', 'SELF_SIGNED|UNABLE_TO'],
    ['another name', '127.0.0.1', () => `?sslmode=verify-full&sslrootcert=${ca}`, 'ALTNAME_INVALID'],
    ['no TLS', '127.0.0.1', () => '?sslmode=disable', '28000'],
  ])('refuses: %s', async (_, host, parameters, code) => {
    expect(await refusal(at('only_tls', host, parameters()))).toMatch(new RegExp(code))
  })

  test.each(['prefer', 'allow', 'disable'])('goes without, where the server wants it: %s', async (mode) => {
    expect((await open(at('only_plain', '127.0.0.1', `?sslmode=${mode}`))).tls).toBe(false)
  })

  test('never goes without where it was asked for', async () => {
    expect(await refusal(at('only_plain', '127.0.0.1', '?sslmode=require'))).toBe('28000')
  })

  test('allow goes without where it may, prefer does not', async () => {
    expect((await open(at('either', '127.0.0.1', '?sslmode=allow'))).tls).toBe(false)
    expect((await open(at('either', '127.0.0.1', '?sslmode=prefer'))).tls).toBe(true)
  })

  test('a client with a certificate of its own', async () => {
    const [cert, key] = [tlsFile('client.pem'), tlsFile('client.key')].map(encodeURIComponent)
    const own = `?sslmode=verify-full&sslrootcert=${ca}&sslcert=${cert}&sslkey=${key}`
    expect((await open(at('by_certificate', 'localhost', own))).user).toBe('by_certificate')
  })

  test('a file that cannot be read is named', async () => {
    const sql = openSql(at('only_tls', 'localhost', '?sslmode=verify-ca&sslrootcert=/nowhere.pem'), {
      max: 1,
      name: 'test',
    })
    await expect(sql`select 1`).rejects.toThrow(
      'names a file in sslrootcert that cannot be read: /nowhere.pem',
    )
    await sql.end()
  })
})

test.each([
  ['?host=', () => `postgres://either:${password}@/postgres?host=${server.folder}&port=${server.port}`],
  ['an empty host', () => `postgres://either:${password}@:${server.port}/postgres`],
  ['%2F', () => `postgres://either:${password}@${encodeURIComponent(server.folder)}:${server.port}/postgres`],
])('a Unix socket, written as %s; TLS is not for it', async (_, url) => {
  expect(await open(`${url()}${url().includes('?') ? '&' : '?'}sslmode=require`)).toEqual({
    tls: false,
    local: true,
    user: 'either',
  })
})

test('of several hosts the one that answers', async () => {
  const url = `postgres://either:${password}@127.0.0.1:1,${encodeURIComponent(server.folder)}:${server.port}/postgres`
  expect((await open(url)).local).toBe(true)
})

describe('a role and a database with defaults of their own change nothing', () => {
  const names = [...Object.keys(steadySettings), 'transaction_timeout'].map((name) => name.toLowerCase())
  const settings = `select lower(name) as name, setting from pg_catalog.pg_settings
    where lower(name) = any('{${names.join()}}') order by 1`

  test.each([0, 1])('of what both drivers set (%i)', async (which) => {
    const read = async (url: string) => {
      const sql = openSql(url, { max: 1, name: 'test' })
      const workers = openWorkerPool(url, { max: 1, name: 'test' }, () => undefined)
      try {
        return [[...(await sql.unsafe(settings))], (await workers.pool.query(settings)).rows][which]
      } finally {
        await sql.end()
        await workers.close()
      }
    }
    const usual = await read(at('either', '127.0.0.1'))
    expect(usual).toHaveLength(names.length)
    expect(await read(at('odd', '127.0.0.1').replace('/postgres?', '/of_odds?'))).toEqual(usual)
    expect(await read(withParameters(at('odd', '127.0.0.1'), { dbname: 'of_odds' }))).toEqual(usual)
  })

  test('of what is read: times, spans, bytes, numbers, texts', async () => {
    const sql = openSql(withParameters(at('odd', '127.0.0.1'), { dbname: 'of_odds' }), {
      max: 1,
      name: 'test',
    })
    const [row] = await sql.unsafe(`select '2026-02-01 10:00:00+00'::timestamptz as at,
      '2026-02-01 10:00:00+00'::timestamptz::text as text, interval '1 day 2 hours'::text as span,
      '\\x00ff'::bytea as bytes, 0.1::float8 + 0.2::float8 as sum, 'a\\b'::text as back, 'ä€'::text as word`)
    expect(row).toEqual({
      at: new Date('2026-02-01T10:00:00Z'),
      text: '2026-02-01 10:00:00+00',
      span: '1 day 02:00:00',
      bytes: Buffer.from([0, 255]),
      sum: 0.30000000000000004,
      back: 'a\\b',
      word: 'ä€',
    })
    await sql.end()
  })
})

test('options, a name and a time limit from the address', async () => {
  const more = { options: '-c geqo=off', application_name: 'payments', connect_timeout: '3' }
  const sql = openSql(withParameters(at('either', '127.0.0.1'), more), { max: 1, name: 'test' })
  const [row] = await sql`select current_setting('geqo') as geqo, current_setting('application_name') as name`
  expect(row).toEqual({ geqo: 'off', name: 'payments' })
  await sql.end()
})

test('a pool works again after its server was away, whatever it was doing', async () => {
  const sql = openSql(at('either', '127.0.0.1'), { max: 4, name: 'test' })
  const strays: unknown[] = []
  const keep = (error: unknown) => void strays.push(error)
  process.on('uncaughtException', keep)
  try {
    for (let round = 0; round < 10; round++) {
      let cut = () => {}
      let busy = 0
      const longCut = new Promise<void>((resolve) => (cut = () => void setTimeout(resolve, 300)))
      const transactions = Promise.allSettled([
        ...Array.from({ length: 3 }, () =>
          sql.begin(async (tx) => {
            await tx`select ${round}::int`
            busy++
            for (;;) await tx`select ${round}::int, pg_sleep(0.005)`
          }),
        ),
        // One that is busy elsewhere and learns of it late.
        sql.begin(async (tx) => {
          await tx`select 1`
          busy++
          await longCut
          await tx.unsafe('select 2')
        }),
      ])
      await expect.poll(() => busy, { interval: 10 }).toBe(4)
      await server.run(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'either'`)
      cut()
      const ended = await transactions
      await longCut
      expect(ended.map(({ status }) => status)).toEqual(Array(4).fill('rejected'))
      // Every one of the pool's connections, at once.
      const begun = performance.now()
      await Promise.all(Array.from({ length: 4 }, () => sql`select pg_sleep(0.1)`))
      expect(performance.now() - begun).toBeLessThan(3000)
    }
    expect(strays).toEqual([])
  } finally {
    process.off('uncaughtException', keep)
    await sql.end({ timeout: 1 })
  }
})

test('the messages of one query of the job workers go out together', async () => {
  const workers = openWorkerPool(
    at('either', '127.0.0.1', '?sslmode=disable'),
    { max: 1, name: 'test' },
    () => undefined,
  )
  const write = vi.spyOn(Socket.prototype, 'write')
  try {
    const query = { name: 'one', text: 'select $1::int as n' }
    await workers.pool.query({ ...query, values: [1] })
    write.mockClear()
    expect((await workers.pool.query({ ...query, values: [2] })).rows).toEqual([{ n: 2 }])
    expect(write).toHaveBeenCalledTimes(1)
  } finally {
    write.mockRestore()
    await workers.close()
  }
})
