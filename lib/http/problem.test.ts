import { expect, it } from 'vitest'
import { toAppError } from './problem'

const errorOf = (code: string) => new Error('query', { cause: Object.assign(new Error('driver'), { code }) })

it.each([
  ['57014', 'did not do this in time'],
  ['55P03', 'did not do this in time'],
  ['40001', 'did not do this in time'],
  ['53300', 'did not do this in time'],
  ['ECONNREFUSED', 'cannot be reached just now'],
  ['08001', 'cannot be reached just now'],
  ['25006', 'cannot be reached just now'],
  ['58030', 'cannot be reached just now'],
  ['57P01', 'did not answer'],
  ['CONNECTION_CLOSED', 'did not answer'],
])('%s of the database is told as what it is', (code, words) => {
  const error = toAppError(errorOf(code))
  expect(error).toMatchObject({ code: 'unavailable', status: 503 })
  expect(error.message).toContain(words)
})

it('tells nothing of any other error', () => {
  expect(toAppError(errorOf('22012'))).toMatchObject({ code: 'internal', status: 500 })
})
