import { afterEach, expect, test } from 'vitest'
import { isHangUp, isLostConnection } from './stray-errors'

const stackOfDriver = 'Error\n    at write (/srv/app/node_modules/postgres/src/connection.js:228:14)'
const before = process.env.DATABASE_URL

afterEach(() => {
  if (before === undefined) delete process.env.DATABASE_URL
  else process.env.DATABASE_URL = before
})

function thrown(message: string, extra: object = {}): Error {
  return Object.assign(new TypeError(message), { stack: '' }, extra)
}

test('what the driver throws when its server dies', () => {
  const writing = "Cannot read properties of null (reading 'write')"
  expect(isLostConnection(thrown(writing, { stack: stackOfDriver }))).toBe(true)
  expect(
    isLostConnection(thrown('write CONNECTION_CLOSED', { code: 'CONNECTION_CLOSED', stack: stackOfDriver })),
  ).toBe(true)
  expect(isLostConnection(thrown('terminating connection', { code: '57P01', stack: stackOfDriver }))).toBe(
    true,
  )
})

test('what the job worker’s driver throws when its connection is ended, which only its parser stands on', () => {
  const stack = 'error\n    at parseErrorMessage (/srv/app/node_modules/pg-protocol/dist/parser.js:306:11)'
  const ended = thrown('terminating connection due to administrator command', { code: '57P01', stack })
  expect(isLostConnection(ended)).toBe(true)
})

test('a refused connection counts where its port is the database’s', () => {
  process.env.DATABASE_URL = 'postgres://a:b@127.0.0.1:6543/c'
  const refused = { code: 'ECONNREFUSED', syscall: 'connect' }
  expect(isLostConnection(thrown('refused', { ...refused, port: 6543 }))).toBe(true)
  expect(isLostConnection(thrown('refused', { ...refused, port: 80 }))).toBe(false)
})

test('wrapped by a query builder it is the same', () => {
  const lost = thrown('terminating connection', { code: '57P01', stack: stackOfDriver })
  expect(isLostConnection(new Error('Failed query', { cause: lost }))).toBe(true)
  expect(isLostConnection(new Error('Failed query', { cause: new Error('other') }))).toBe(false)
})

test('the same words from elsewhere, and other words from the driver, are mistakes of ours', () => {
  expect(
    isLostConnection(thrown("Cannot read properties of null (reading 'write')", { stack: 'at page.tsx:1' })),
  ).toBe(false)
  expect(isLostConnection(thrown('x is not a function', { stack: stackOfDriver }))).toBe(false)
  expect(isLostConnection(thrown('duplicate key', { code: '23505', stack: stackOfDriver }))).toBe(false)
  expect(isLostConnection('CONNECTION_CLOSED')).toBe(false)
  expect(isLostConnection(undefined)).toBe(false)
})

test('a caller that hung up is no mistake of ours', () => {
  expect(isHangUp(thrown('aborted', { code: 'ECONNRESET' }))).toBe(true)
  expect(isHangUp(thrown('aborted'))).toBe(false)
  expect(isHangUp(thrown('read ECONNRESET', { code: 'ECONNRESET' }))).toBe(false)
})
