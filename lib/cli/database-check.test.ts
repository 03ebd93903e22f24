import { randomBytes } from 'node:crypto'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrate } from '@/db/migrate'
import { createTestDatabase } from '@/lib/testing/database'
import { startOwnPostgres, tlsFile, type OwnPostgres } from '@/lib/testing/own-postgres'
import { withParameters } from '@/db/connection'
import { checkDatabase, checkReplica, explainDatabase } from './database-check'

let database: Awaited<ReturnType<typeof createTestDatabase>>
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

function withPart(change: (url: URL) => void): string {
  const url = new URL(database.url)
  change(url)
  return url.href
}

test('a sound database passes', async () => {
  await expect(checkDatabase(database.url, false)).resolves.toBeUndefined()
  await expect(checkDatabase(`${database.url}?prepare=false`, false)).resolves.toBeUndefined()
})

describe('refused in a sentence that holds no password', () => {
  test.each<[string, RegExp, (url: URL) => void]>([
    ['a closed port', /nothing listens there/, (url) => (url.port = '1')],
    ['a wrong password', /refuses the user or the password/, (url) => (url.password = 'hunter2')],
    ['an unknown database', /has no database of that name/, (url) => (url.pathname = '/nowhere')],
    [
      'an unknown host',
      /host name (is not known|cannot be looked up)/,
      (url) => (url.hostname = 'db.invalid'),
    ],
  ])('%s', async (_, sentence, change) => {
    const url = withPart(change)
    const refusal = await checkDatabase(url, false).catch((error: Error) => error)
    expect(refusal).toMatchObject({ name: 'StartError', message: expect.stringMatching(sentence) })
    expect((refusal as Error).message).not.toContain(new URL(url).password)
  })
})

test('a database that acknowledges before it has written is refused, unless allowed', async () => {
  const name = new URL(database.url).pathname.slice(1)
  const sql = postgres(database.url, { max: 1 })
  await sql.unsafe(`alter database ${name} set synchronous_commit = off`)
  await expect(checkDatabase(database.url, false)).rejects.toThrow(
    /synchronous_commit=off.*ALLOW_UNSAFE_DATABASE=1/,
  )
  await expect(checkDatabase(database.url, true)).resolves.toBeUndefined()
  await sql.unsafe(`alter database ${name} reset synchronous_commit`)
  await sql.end()
})

test('a user who may make nothing there is told whose database it has to be', async () => {
  const sql = postgres(database.url, { max: 1, onnotice: () => undefined })
  const name = `refusing_${randomBytes(4).toString('hex')}`
  await sql.unsafe(`create database ${name} template template0`)
  await sql.unsafe(`revoke create on database ${name} from current_user`)
  try {
    const url = withPart((one) => (one.pathname = `/${name}`))
    const refusal = explainDatabase(await migrate(url).catch((error: Error) => error), url)
    expect(refusal).toMatchObject({
      name: 'StartError',
      message: expect.stringMatching(/may not create tables or extensions there/),
    })
  } finally {
    await sql.unsafe(`drop database ${name} with (force)`)
    await sql.end()
  }
})

test.each(['LATIN1', 'SQL_ASCII'])('a database in %s is refused, whoever asks', async (encoding) => {
  const sql = postgres(database.url, { max: 1, onnotice: () => undefined })
  const name = `encoded_${randomBytes(4).toString('hex')}`
  await sql.unsafe(`create database ${name} template template0 encoding '${encoding}'
    locale_provider libc locale 'C'`)
  try {
    const url = withPart((one) => (one.pathname = `/${name}`))
    const sentence = `keeps its texts in ${encoding}, and Holdpoint needs UTF-8. Make another with: create database`
    await expect(checkDatabase(url, true)).rejects.toThrow(sentence)
    await expect(checkReplica(url, () => undefined)).rejects.toThrow(
      `the database of DATABASE_REPLICA_URL ${sentence}`,
    )
  } finally {
    await sql.unsafe(`drop database ${name} with (force)`)
    await sql.end()
  }
})

describe('an own server', () => {
  let server: OwnPostgres
  beforeAll(async () => {
    server = await startOwnPostgres(
      ['local all all scram-sha-256', 'hostssl all all 127.0.0.1/32 scram-sha-256'],
      {
        settings: { full_page_writes: 'off', fsync: 'off' },
      },
    )
  }, 60_000)
  afterAll(() => server?.stop())
  const at = (host: string, parameters: Record<string, string>) =>
    withParameters(`postgres://postgres:secret@${host}:${server.port}/postgres`, parameters)

  test('that may lose pages is refused, unless allowed', async () => {
    const url = at('localhost', {})
    await expect(checkDatabase(url, false)).rejects.toThrow(
      /fsync=off and full_page_writes=off and may lose decisions.*ALLOW_UNSAFE_DATABASE=1/,
    )
    await expect(checkDatabase(url, true)).resolves.toBeUndefined()
  })

  test.each([
    [
      'whose certificate nobody signed',
      'localhost',
      'other-ca.pem',
      /Name the service’s CA certificate with sslrootcert=/,
    ],
    [
      'whose certificate is for another name',
      '127.0.0.1',
      'ca.pem',
      /is for another name. Write the host in/,
    ],
  ] as const)('%s', async (_, host, ca, sentence) => {
    const url = at(host, { sslmode: 'verify-full', sslrootcert: tlsFile(ca) })
    await expect(checkDatabase(url, true)).rejects.toThrow(sentence)
  })

  test('that is not spoken to as it wants', async () => {
    await expect(checkDatabase(at('127.0.0.1', { sslmode: 'disable' }), true)).rejects.toThrow(
      /refuses this user from here. Mend the user or sslmode in DATABASE_URL/,
    )
    await expect(checkDatabase(`${database.url}?sslmode=require`, true)).rejects.toThrow(
      /does not speak TLS, which sslmode asks for/,
    )
    const url = at('localhost', { sslmode: 'verify-ca', sslrootcert: '/nowhere.pem' })
    await expect(checkDatabase(url, true)).rejects.toThrow(
      'DATABASE_URL names a file in sslrootcert that cannot be read: /nowhere.pem (ENOENT)',
    )
  })
})

test('a replica that is away is said and left alone; a wrong address of it is refused', async () => {
  const said: string[] = []
  await checkReplica('postgres://a:hunter2@127.0.0.1:1/b', (line) => said.push(line))
  expect(said).toEqual([
    'The read replica is left alone for now: the database at 127.0.0.1:1/b cannot be used: nothing listens there. ' +
      'Start it, or mend the host and port in DATABASE_REPLICA_URL.',
  ])
  const refused = checkReplica(
    withPart((url) => (url.password = 'hunter2')),
    () => undefined,
  )
  await expect(refused).rejects.toThrow(/refuses the user or the password. Mend them in DATABASE_REPLICA_URL/)
})

test('a mistake of ours is not explained away', () => {
  const mistake = new TypeError('x is not a function')
  expect(explainDatabase(mistake, database.url)).toBe(mistake)
})
