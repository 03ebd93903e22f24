import { describe, expect, it } from 'vitest'
import { readJson } from './read'
import { writeJson } from './write'

describe('readJson', () => {
  it.each([
    [
      '{"a":[9007199254740993,{"b":12345678901234567890123456789012345678901}],"c":1.5,"d":"1234567890123456"}',
    ],
    ['[0.10000000000000001,1e300,-9007199254740992]'],
    ['{"__proto__":{"a":9007199254740993}}'],
  ])('reads what writeJson wrote: %s', (text) => {
    const value = readJson(text)
    expect(readJson(writeJson(value))).toEqual(value)
  })

  it('keeps every digit of whole numbers, as they stand in the text', () => {
    const text = '{"a":9007199254740993,"b":[-123456789012345678901234567890]}'
    expect(writeJson(readJson(text))).toBe(text)
    expect(JSON.stringify(JSON.parse(text))).not.toBe(text)
  })

  it.each<[string, string, unknown]>([
    ['a decimal that no double keeps', '[0.12345678901234567890]', ['0.12345678901234567890']],
    ['one that a double keeps', '[1.2500000000000000000, 1e0000000000000001]', [1.25, 10]],
    ['digits in texts and keys', '{"12345678901234567890":", 12345678901234567890","a":[ 1]}', undefined],
    [
      'a text that begins with NUL',
      '["\\u00001234567890123456789","\\u0000",1234567890123456789]',
      [...['\u00001234567890123456789', '\u0000', 1234567890123456789n]],
    ],
    ['a key that does', '{"\\u0000a" : 1234567890123456789}', { '\u0000a': 1234567890123456789n }],
    [
      'an escaped quotation mark',
      '["\\" ,12345678901234567890",12345678901234567890]',
      [...['" ,12345678901234567890', 12345678901234567890n]],
    ],
    ['a number alone', '-12345678901234567890', -12345678901234567890n],
  ])('%s', (_, text, value) => {
    expect(readJson(text)).toEqual(value ?? JSON.parse(text))
  })

  it.each(['[12345678901234567890', '[012345678901234567]', '"12345678901234567890', ''])(
    'refuses what is no JSON: %s',
    (text) => expect(() => readJson(text)).toThrow(SyntaxError),
  )
})
