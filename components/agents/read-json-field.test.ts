import { describe, expect, it } from 'vitest'
import { AppError } from '@/lib/errors'
import { readJsonField } from './read-json-field'

function refusal(text: string) {
  try {
    readJsonField('params', text)
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, ...error.errors?.[0] }
    throw error
  }
  return undefined
}

const nested = (depth: number) => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`

describe('a JSON object in a field', () => {
  it.each([
    ['{"a": }', { code: 'malformed_body', line: 1, column: 7 }],
    ['{\n  "a": 1,\n  "a": 2\n}', { code: 'malformed_body', line: 3, column: 3 }],
    ['{"id": 1e400}', { code: 'malformed_body', line: 1, column: 8 }],
    ['{"a"', { code: 'malformed_body', detail: 'The text ends where a colon after the key is expected.' }],
    ['{} x', { code: 'malformed_body', detail: 'Found x where the end of the text is expected.' }],
    [nested(65), { code: 'too_deep' }],
    ['[1]', { code: 'invalid_input' }],
    ['null', { code: 'invalid_input' }],
    ['"text"', { code: 'invalid_input' }],
  ])('refuses %s', (text, expected) => {
    expect(refusal(text)).toMatchObject({ pointer: '/params', ...expected })
  })

  it.each([
    ['', {}],
    ['  \n', {}],
    ['{}', {}],
    ['{"amount": 2400}', { amount: 2400 }],
    ['{"id": 9007199254740993}', { id: 9007199254740993n }],
  ])('reads %s', (text, value) => expect(readJsonField('params', text)).toEqual(value))

  it('nests as deep as a request may', () => expect(refusal(nested(64))).toBeUndefined())
})
