import { DrizzleQueryError } from 'drizzle-orm/errors'
import { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterEach, expect, test, vi } from 'vitest'
import { log } from '@/lib/log'
import { logError, logPageError, logRequest } from './log'

afterEach(() => vi.restoreAllMocks())

function lineOf(...of: Parameters<typeof logError>): string {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  logError(...of)
  expect(write).toHaveBeenCalledTimes(1)
  return String(write.mock.calls[0]?.[0])
}

const huge = 'x'.repeat(15_000_000)
const odd = 'a\r\n\u001b[2J\u0085\u2028\u202e\u200b\ufeff\ud800b'

test('however large what it is told is, a line stays short', () => {
  const error = new Error(huge)
  error.name = huge
  const line = lineOf(`next-auth ${huge}`, huge, error, { digest: huge })
  expect(line.length).toBeLessThan(5000)
  expect((JSON.parse(line) as { where: string }).where).toHaveLength(301)
})

test('it is one line of what can be seen, and says what it was given', () => {
  const line = lineOf(odd, odd, new Error(odd))
  expect(line.slice(0, -1)).toMatch(/^[\x20-\x7e]+$/)
  expect((JSON.parse(line) as { where: string }).where).toBe(odd)
})

test.each([
  ['caused by the database', new Error('away')],
  ['without a cause', undefined],
])('no param of a query %s is in it, whatever its lines look like', (_, cause) => {
  const params = ['hunter2\n    at hunter2 (/srv/app/hunter2.ts:1:1)\n    at hunter2']
  const error = new DrizzleQueryError('select $1', params, cause)
  const line = lineOf('here', '-', error)
  expect(line).not.toContain('hunter2')
  expect((JSON.parse(line) as { at: string[] }).at[0]).toContain('log.test.ts')
  error.message = 'changed'
  vi.restoreAllMocks()
  expect(lineOf('here', '-', error)).not.toContain('hunter2')
})

test('a request leaves a line at the level debug alone, without its query', () => {
  const outgoing = Object.assign(new EventEmitter(), { statusCode: 200 })
  const incoming = { method: 'GET', url: '/api/approvals?q=hunter2' }
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const ask = () => logRequest(incoming as IncomingMessage, outgoing as unknown as ServerResponse)
  ask()
  outgoing.emit('close')
  expect(write).not.toHaveBeenCalled()
  log.level = 'debug'
  ask()
  outgoing.emit('close')
  log.level = 'info'
  expect(JSON.parse(String(write.mock.calls[0]?.[0]))).toMatchObject({
    level: 'debug',
    where: 'GET /api/approvals',
    status: 200,
  })
})

test('every line has its level and its time, and a message no more than 300 characters', () => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  log.warn({ where: 'jobs' }, `\u202e${huge}`)
  const text = String(write.mock.calls[0]?.[0])
  expect(text).not.toContain('\u202e')
  const line = JSON.parse(text) as Record<string, string>
  expect(line).toMatchObject({ level: 'warn', where: 'jobs' })
  expect(line.msg).toHaveLength(301)
  expect(line.time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
})

test.each([
  '/invite/hunter2',
  '/invite/hunter2?_rsc=1',
  '//invite//hunter2',
  '/%69nvite%2Fhunter2',
  'http://h/Invite/hunter2',
])('the token of an invitation is in no line: %s', (url) => {
  const outgoing = Object.assign(new EventEmitter(), { statusCode: 200 })
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  log.level = 'debug'
  logRequest({ method: 'GET', url } as IncomingMessage, outgoing as unknown as ServerResponse)
  outgoing.emit('close')
  log.level = 'info'
  logPageError(new Error(), { method: 'GET', path: url, headers: {} })
  const lines = write.mock.calls.map(([line]) => String(line))
  expect(lines).toHaveLength(2)
  for (const line of lines) {
    expect(line).not.toContain('hunter2')
    expect(line).toContain('GET /invite/[token]')
  }
})
