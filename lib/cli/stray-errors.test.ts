import { createServer, type AddressInfo } from 'node:net'
import { DrizzleQueryError } from 'drizzle-orm/errors'
import { Client, Pool } from 'pg'
import postgres from 'postgres'
import { describe, expect, test } from 'vitest'
import { openSql } from '@/db/drivers'
import { isFromDriver, isHangUp, judgeStray } from './stray-errors'

async function thrownBy(work: () => unknown): Promise<unknown> {
  try {
    await work()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

/** Takes a connection, then hangs up at once. */
async function hangingUp<T>(work: (port: number) => Promise<T>): Promise<T> {
  const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  try {
    return await work((server.address() as AddressInfo).port)
  } finally {
    server.close()
  }
}

describe('what a driver throws is its own, whatever its words and codes', () => {
  test('a connection that ends: node-postgres, whose error has no code', async () => {
    const error = await hangingUp((port) =>
      thrownBy(() => new Client({ host: '127.0.0.1', port, user: 'a', ssl: false }).connect()),
    )
    expect(error).toMatchObject({ message: 'Connection terminated unexpectedly' })
    expect(isFromDriver(error)).toBe(true)
  })

  test('a pool used after its end', async () => {
    const pool = new Pool({ host: '127.0.0.1' })
    await pool.end()
    expect(isFromDriver(await thrownBy(() => pool.connect()))).toBe(true)
  })

  test('a connection that ends: postgres.js', async () => {
    const error = await hangingUp((port) => {
      const sql = openSql(`postgres://a:b@127.0.0.1:${port}/c?sslmode=disable`, { max: 1, name: 'test' })
      return thrownBy(() => sql`select 1`)
    })
    expect(error).toMatchObject({ code: 'CONNECTION_CLOSED' })
    expect(isFromDriver(error)).toBe(true)
  })

  test('a host that is not reached, by our own dialing', async () => {
    const sql = openSql('postgres://a:b@127.0.0.1:1/c', { max: 1, name: 'test' })
    const error = await thrownBy(() => sql`select 1`)
    expect(error).toMatchObject({ code: 'ECONNREFUSED' })
    expect(isFromDriver(error)).toBe(true)
    await sql.end()
  })

  test('a mistake of the driver’s, by where it happened', () => {
    const stack = [
      'TypeError: words that nobody has seen',
      '    at Socket.write (node:net:900:12)',
      '    at nextWrite (/srv/app/node_modules/postgres/src/connection.js:258:22)',
      '    at process.processImmediate (node:internal/timers:483:21)',
    ].join('\n')
    expect(isFromDriver(Object.assign(new TypeError('words that nobody has seen'), { stack }))).toBe(true)
  })

  test('wrapped by a query builder', async () => {
    const cause = await thrownBy(() => postgres('postgres://a@b/c')`select ${undefined as never}`)
    expect(isFromDriver(new Error('Failed query', { cause }))).toBe(true)
  })
})

describe('a mistake of ours is not', () => {
  test('thrown by itself, or by what a driver calls', () => {
    expect(isFromDriver(new TypeError('Cannot read properties of null (reading ‘write’)'))).toBe(false)
    const stack = [
      'RangeError: ours',
      '    at receive (/srv/app/lib/wake/wake.ts:90:9)',
      '    at NotificationResponse (/srv/app/node_modules/postgres/src/connection.js:800:5)',
    ].join('\n')
    expect(isFromDriver(Object.assign(new RangeError('ours'), { stack }))).toBe(false)
  })

  test('a message with the lines of a driver’s stack', () => {
    const forged = '\n    at x (/srv/app/node_modules/postgres/src/connection.js:258:22)'
    expect(isFromDriver(new Error(`Cannot read${forged}`))).toBe(false)
    expect(isFromDriver(Object.assign(new Error(`a${forged}`), { message: 'changed' }))).toBe(false)
  })

  test('the words of a driver from elsewhere', () => {
    const words = Object.assign(new Error('write CONNECTION_CLOSED'), { code: 'CONNECTION_CLOSED' })
    expect(isFromDriver(words)).toBe(false)
    expect(isFromDriver(new Error('Failed query', { cause: words }))).toBe(false)
    expect(isFromDriver('CONNECTION_CLOSED')).toBe(false)
    expect(isFromDriver(undefined)).toBe(false)
  })
})

test('what is said of a stray error holds no param', async () => {
  const said: string[] = []
  const judge = judgeStray(
    (line) => said.push(line),
    () => said.push('fatal'),
  )
  const cause = await hangingUp((port) =>
    thrownBy(() => new Client({ host: '127.0.0.1', port, user: 'a', ssl: false }).connect()),
  )
  judge(new DrizzleQueryError('select $1', ['hunter2\n    at hunter2 (/a.ts:1:1)'], cause as Error))
  expect(said).toHaveLength(1)
  expect(said[0]).toMatch(/^A database driver failed .* Connection terminated unexpectedly\n/)
  expect(said[0]).toMatch(/\n {4}at .*stray-errors\.test\.ts/)
  expect(said[0]).not.toContain('hunter2')
})

test('a caller that hung up is no mistake of ours', () => {
  const thrown = (message: string, extra: object = {}) => Object.assign(new Error(message), extra)
  expect(isHangUp(thrown('aborted', { code: 'ECONNRESET' }))).toBe(true)
  expect(isHangUp(thrown('aborted'))).toBe(false)
  expect(isHangUp(thrown('read ECONNRESET', { code: 'ECONNRESET' }))).toBe(false)
})
