import { randomBytes } from 'node:crypto'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrate } from '@/db/migrate'
import { createTestDatabase } from '@/lib/testing/database'
import { checkDatabase, explainDatabase } from './database-check'

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

test('a mistake of ours is not explained away', () => {
  const mistake = new TypeError('x is not a function')
  expect(explainDatabase(mistake, database.url)).toBe(mistake)
})
