import { describe, expect, it } from 'vitest'
import { AppError, type ErrorCode, type InputIssue } from '../errors'
import { decodeUtf8, parseStrict } from './strict'

/** The one issue with which a text is refused. */
function refusal(read: () => unknown, code: ErrorCode = 'malformed_body'): InputIssue {
  try {
    read()
  } catch (error) {
    const [issue, ...more] = error instanceof AppError && error.code === code ? error.errors! : []
    if (issue === undefined || more.length > 0) throw error
    return issue
  }
  throw new Error('Nothing was refused.')
}

const nested = (depth: number, open: string, close: string) => open.repeat(depth) + close.repeat(depth)

describe('what is not JSON is refused with its position', () => {
  it.each([
    ['nothing', '', '', 1, 1, 'body ends'],
    ['blanks only', ' \n ', '', 2, 2, 'body ends'],
    ['a second value', '{} {}', '', 1, 4, 'end of the body'],
    ['a trailing comma', '{"a":1,}', '', 1, 8, 'key in double quotes'],
    ['a trailing comma in an array', '[1,]', '/1', 1, 4, 'a value'],
    ['a missing comma', '{"a":1 "b":2}', '/a', 1, 8, 'comma'],
    ['a missing colon', '{"a" 1}', '/a', 1, 6, 'colon'],
    ['a bare key', '{a:1}', '', 1, 2, 'key in double quotes'],
    ['single quotes', "{'a':1}", '', 1, 2, 'key in double quotes'],
    ['a comment', '{} // no', '', 1, 4, 'end of the body'],
    ['NaN', '{"a":NaN}', '/a', 1, 6, 'a value'],
    ['-Infinity', '{"a":-Infinity}', '/a', 1, 7, 'a digit'],
    ['a word cut short', '[tru]', '/0', 1, 2, 'a value'],
    ['a leading zero', '[01]', '/0', 1, 3, 'comma'],
    ['a leading plus', '[+1]', '/0', 1, 2, 'a value'],
    ['a leading dot', '[.5]', '/0', 1, 2, 'a value'],
    ['a trailing dot', '[5.]', '/0', 1, 4, 'a digit'],
    ['an empty exponent', '[5e]', '/0', 1, 4, 'a digit'],
    ['hexadecimal', '[0x1]', '/0', 1, 3, 'comma'],
    ['an open object', '{"a":{"b":1}', '/a', 1, 13, 'body ends'],
    ['an open text', '{"a":"b', '/a', 1, 8, 'within a text'],
    ['an open text after a backslash', '["\\', '/0', 1, 3, 'backslash'],
    ['a raw line break in a text', '["a\nb"]', '/0', 1, 4, 'U+000A'],
    ['a raw tab in a text', '["\t"]', '/0', 1, 3, 'U+0009'],
    ['an unknown escape', '["\\x41"]', '/0', 1, 3, 'backslash'],
    ['a short \\u', '["\\u12g4"]', '/0', 1, 3, 'four hexadecimal digits'],
    ['a no-break space between tokens', '[1,\u00a01]', '/1', 1, 4, 'U+00A0'],
    ['a second byte order mark', '\ufeff{}', '', 1, 1, 'U+FEFF'],
    ['something on the third line', '{\r\n "a": 1,\n "😀b": ?}', '/😀b', 3, 8, 'a value'],
  ])('%s', (_, text, pointer, line, column, detail) => {
    expect(refusal(() => parseStrict(text))).toEqual({
      pointer,
      line,
      column,
      detail: expect.stringContaining(detail),
    })
  })
})

describe('what readers understand differently is refused', () => {
  it.each([
    ['a key twice', '{"a":1,"a":1}', '/a', 'twice'],
    ['a key twice, once escaped', '{"params":{"a":1,"\\u0061":2}}', '/params/a', 'twice'],
    ['a key twice, apart', '{"a":1,"b":{"a":2},"a":3}', '/a', 'twice'],
    ['a name of Object.prototype twice', '{"constructor":1,"constructor":2}', '/constructor', 'twice'],
    ['__proto__', '{"__proto__":{}}', '/__proto__', '__proto__'],
    ['__proto__, escaped', '{"\\u005f_proto__":1}', '/__proto__', '__proto__'],
    ['__proto__ deep inside', '{"params":[{"a":{"__proto__":null}}]}', '/params/0/a/__proto__', '__proto__'],
    ['NUL in a value', '{"a":"x\u0000"}', '/a', 'NUL'],
    ['NUL escaped in a value', '{"a":"x\\u0000"}', '/a', 'NUL'],
    ['NUL escaped in a key', '{"params":{"a\\u0000":1}}', '/params', 'NUL'],
    ['NUL between tokens', '{"a":1\u0000}', '/a', 'NUL'],
    ['an escaped high surrogate alone', '["\\ud83d"]', '/0', 'surrogate'],
    ['an escaped high surrogate before other text', '["\\ud83dx"]', '/0', 'surrogate'],
    ['an escaped high surrogate before another escape', '["\\ud83d\\u0041"]', '/0', 'surrogate'],
    ['two escaped high surrogates', '["\\ud83d\\ud83d"]', '/0', 'surrogate'],
    ['an escaped low surrogate', '["\\ude00"]', '/0', 'surrogate'],
    ['a raw high surrogate', '["\ud83d"]', '/0', 'surrogate'],
    ['a raw low surrogate', '["\ude00"]', '/0', 'surrogate'],
    ['a pair, half escaped', '["\\ud83d\ude00"]', '/0', 'surrogate'],
    ['a lone surrogate in a key', '{"a":{"\\udc00":1}}', '/a', 'surrogate'],
    ['a pointer with / and ~', '{"a/b":{"~":{"x":1,"x":2}}}', '/a~1b/~0/x', 'twice'],
  ])('%s', (_, text, pointer, detail) => {
    expect(refusal(() => parseStrict(text))).toMatchObject({
      pointer,
      detail: expect.stringContaining(detail),
    })
  })

  it('points at a container where a key is too long to repeat', () => {
    const text = `{"a":{"${'k'.repeat(2000)}":{"x":1,"x":2}}}`
    expect(refusal(() => parseStrict(text)).pointer).toBe('/a')
  })
})

describe('limits', () => {
  it.each([
    ['65 containers under the body', `{"params":${nested(65, '[', ']')}}`, 'too_deep', 'deeper than 64'],
    [
      '65 objects under the body',
      `{"params":${'{"a":'.repeat(64)}{}${'}'.repeat(65)}`,
      'too_deep',
      'deeper than 64',
    ],
    [
      '10,001 keys',
      `{${Array.from({ length: 10_001 }, (_, i) => `"k${i}":0`).join()}}`,
      'too_many_keys',
      'more than 10,000 keys',
    ],
    [
      '10,001 keys over several objects',
      `[${Array.from({ length: 10_001 }, () => '{"k":0}').join()}]`,
      'too_many_keys',
      'more than 10,000 keys',
    ],
  ] as const)('refuses %s and names the limit alone', (_, text, code, detail) => {
    expect(refusal(() => parseStrict(text), code).detail).toContain(detail)
    expect(() => parseStrict(text)).not.toThrow('not acceptable JSON')
  })

  it.each([
    ['64 containers under the body', `{"params":${nested(64, '[', ']')}}`],
    ['64 objects under the body', `{"params":${'{"a":'.repeat(63)}{}${'}'.repeat(64)}`],
    ['10,000 keys', `{${Array.from({ length: 10_000 }, (_, i) => `"k${i}":0`).join()}}`],
    ['a text of a million characters', `["${'x'.repeat(1_000_000)}"]`],
    ['many values without keys', `[${'0,'.repeat(100_000)}0]`],
  ])('accepts %s', (_, text) => {
    expect(parseStrict(text).value).toEqual(JSON.parse(text))
  })

  it('takes other limits', () => {
    expect(refusal(() => parseStrict('{"a":[[]]}', { depth: 1 }), 'too_deep').pointer).toBe('/a/0')
    expect(refusal(() => parseStrict('{"a":{"b":1}}', { keys: 1 }), 'too_many_keys').pointer).toBe('/a/b')
  })
})

describe('what only records is taken as it is', () => {
  const record = (json: string) => parseStrict(`{"output":${json}}`, { recorded: ['output'] })
  const recorded = (json: string) => (record(json).value as { output: unknown }).output

  it.each<[string, string, unknown]>([
    ['NUL', '"a\\u0000b"', 'a⟨U+0000⟩b'],
    ['half surrogates', '"\\ud800x\\udc00\\ud83d\\ude00\\ud83d"', '⟨U+D800⟩x⟨U+DC00⟩😀⟨U+D83D⟩'],
    ['NUL in a key', '{"\\u0000":1}', { '⟨U+0000⟩': 1 }],
    ['a number beyond the double', '[1e400,-1e400,1e-400]', ['1e400', '-1e400', '1e-400']],
    ['a decimal of 19 digits', '0.1000000000000000055', '0.1000000000000000055'],
    [
      'a whole number of 40 digits',
      '1234567890123456789012345678901234567890',
      1234567890123456789012345678901234567890n,
    ],
    ['minus zero', '-0', -0],
    ['a key twice', '{"a":1,"b":2,"a":3}', { a: 3, b: 2 }],
    ['nothing', 'null', null],
  ])('%s', (_, json, value) => {
    expect(recorded(json)).toEqual(value)
    // where it binds, the same is refused or is the same
    expect(record(json).sources.output).toBe(json)
  })

  it('the key __proto__, as an own one', () => {
    const value = recorded('{"__proto__":{"a":1},"b":{"__proto__":2}}') as object
    expect(JSON.stringify(value)).toBe('{"__proto__":{"a":1},"b":{"__proto__":2}}')
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
  })

  it('256 levels as they are, and what is deeper as its JSON', () => {
    const as = (depth: number) => JSON.stringify(recorded(nested(depth, '[', ']')))
    expect(as(256)).toBe(nested(256, '[', ']'))
    expect(as(258)).toBe(`${'['.repeat(256)}"[[]]"${']'.repeat(256)}`)
    expect(recorded(nested(500_000, '[', ']'))).toBeTruthy()
    expect(recorded(`${'{"a":'.repeat(300)}"]}\\""${'}'.repeat(300)}`)).toBeTruthy()
  })

  it('50,000 keys', () => {
    const json = `{${Array.from({ length: 50_000 }, (_, i) => `"k${i}":0`).join()}}`
    expect(Object.keys(recorded(json) as object)).toHaveLength(50_000)
  })

  it.each([
    ['an open text', '"a'],
    ['a raw NUL', '"\u0000"'],
    ['a raw line break', '"\n"'],
    ['a bare word', 'nul'],
    ['a trailing comma', '[1,]'],
    ['a leading zero', '[01]'],
    ['deep nesting closed with the wrong bracket', '['.repeat(300) + '}'.repeat(300)],
    ['deep nesting that is never closed', '['.repeat(300)],
    ['deep nesting around a bare word', `${'['.repeat(300)}nul${']'.repeat(300)}`],
  ])('but not %s, which is no JSON', (_, json) => {
    expect(() => record(json)).toThrow('not acceptable JSON')
  })

  it.each([
    ['a key twice', '{"status":"succeeded","status":"failed","output":1}', 'twice'],
    ['the envelope with __proto__', '{"__proto__":1,"output":1}', '__proto__'],
    ['NUL beside what is recorded', '{"output":"\\u0000","name":"\\u0000"}', 'NUL'],
    ['a decimal beside what is recorded', '{"output":1e400,"name":1e400}', 'beyond the range'],
    ['the same name deeper down', '{"params":{"output":"\\u0000"}}', 'NUL'],
  ])('nor %s', (_, text, detail) => {
    expect(refusal(() => parseStrict(text, { recorded: ['output'] })).detail).toContain(detail)
  })
})

describe('what is accepted', () => {
  it('keeps names of Object.prototype as own keys', () => {
    const { value } = parseStrict('{"constructor":1,"toString":2,"hasOwnProperty":3,"__defineGetter__":4}')
    expect(Object.keys(value as object)).toEqual([
      'constructor',
      'toString',
      'hasOwnProperty',
      '__defineGetter__',
    ])
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
  })

  it('keeps the source of each member of the body, blanks around it left out', () => {
    const text = '{ "params" : {"b": 4.50,\n "a":[1, 2]} ,"tool":"x\\u0041", "\\u0063" :-0 }'
    expect({ ...parseStrict(text).sources }).toEqual({
      params: '{"b": 4.50,\n "a":[1, 2]}',
      tool: '"x\\u0041"',
      c: '-0',
    })
  })

  it('has no sources of its own for anything but an object', () => {
    expect(Object.keys(parseStrict('[{"a":1}]').sources)).toEqual([])
    expect(Object.getPrototypeOf(parseStrict('{"a":1}').sources)).toBeNull()
  })

  it.each(['null', 'true', ' "x" ', '-1.5e3', '[]', '{}', '["\\ud83d\\ude00😀\\"\\\\\\/\\b\\f\\n\\r\\t"]'])(
    'the value %s',
    (text) => {
      expect(parseStrict(text).value).toEqual(JSON.parse(text))
    },
  )
})

describe('decodeUtf8', () => {
  it.each([
    ['a byte that starts nothing', [0xff]],
    ['an overlong form', [0xc0, 0xaf]],
    ['an encoded surrogate', [0xed, 0xa0, 0x80]],
    ['a character cut short', [0x7b, 0xe2, 0x82]],
    ['beyond U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
    ['UTF-16', [0xff, 0xfe, 0x7b, 0x00]],
  ])('refuses %s', (_, bytes) => {
    expect(refusal(() => decodeUtf8(Uint8Array.from(bytes))).detail).toContain('UTF-8')
    // The decoder is shared: the next body must not feel it.
    expect(decodeUtf8(Uint8Array.from([0x7b, 0x7d]))).toBe('{}')
  })

  it('takes one byte order mark away', () => {
    expect(decodeUtf8(Uint8Array.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d]))).toBe('{}')
  })
})
