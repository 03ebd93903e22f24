import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from './canonical'
import { digestOf } from './digest'
import { parseStrict } from './strict'

const vectors = new URL('./rfc8785/', import.meta.url)

describe('what JSON cannot carry is refused', () => {
  it.each([
    ['NaN', NaN],
    ['Infinity', Infinity],
    ['undefined', undefined],
    ['undefined in an object', { a: undefined }],
    ['a hole in an array', [1, , 2]], // oxlint-disable-line no-sparse-arrays
    ['a function', () => 1],
    ['a symbol', Symbol('a')],
    ['a date', new Date(0)],
    ['a map', new Map()],
    ['a lone high surrogate', 'a\ud83d'],
    ['a lone low surrogate', ['\ude00']],
    ['a lone surrogate in a key', { '\ud83d': 1 }],
  ])('%s', (_, value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError)
  })
})

describe('RFC 8785', () => {
  it.each(readdirSync(new URL('input/', vectors)))('vector %s', (name) => {
    const input = readFileSync(new URL(`input/${name}`, vectors), 'utf8')
    const output = readFileSync(new URL(`output/${name}`, vectors), 'utf8')
    expect(canonicalJson(JSON.parse(input))).toBe(output)
    expect(canonicalJson(JSON.parse(output))).toBe(output)
  })

  it.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('appendix B, the double %s is %s', (bits, text) => {
    const value = Buffer.from(bits, 'hex').readDoubleBE()
    expect(canonicalJson(value)).toBe(text)
    // The strict reader keeps every canonical number.
    expect(canonicalJson(parseStrict(text).value)).toBe(text)
  })

  it.each([
    ['9007199254740993', '9007199254740993'],
    ['-9007199254740993', '-9007199254740993'],
    ['1000000000000000000000', '1000000000000000000000'],
    ['12345678901234567890123456789012345678901', '12345678901234567890123456789012345678901'],
    ['1e21', '1e+21'],
    ['1000', '1000'],
    ['1e3', '1000'],
    ['1000.0', '1000'],
  ])('beyond RFC 8785, the whole number %s is %s', (literal, text) => {
    expect(canonicalJson(parseStrict(literal).value)).toBe(text)
  })

  it('sorts keys by UTF-16 code units, not by code points', () => {
    expect(canonicalJson({ '\uffff': 1, '😀': 2, b: 3, a: 4, '': 5, B: 6, '10': 7, '9': 8 })).toBe(
      '{"":5,"10":7,"9":8,"B":6,"a":4,"b":3,"😀":2,"\uffff":1}',
    )
  })

  it('escapes what must be escaped and nothing else', () => {
    const text = '\u0000\b\t\n\f\r\u001f "\\/\u007f\u2028é'
    expect(canonicalJson(text)).toBe('"\\u0000\\b\\t\\n\\f\\r\\u001f \\"\\\\/\u007f\u2028é"')
  })

  it('keeps __proto__ and its like where they are own keys', () => {
    expect(canonicalJson(JSON.parse('{"toString":1,"__proto__":2}'))).toBe('{"__proto__":2,"toString":1}')
    expect(canonicalJson(Object.create(null))).toBe('{}')
  })
})

describe('digestOf', () => {
  it('is the SHA-256 of the canonical call', () => {
    const call = '{"params":{"amount":129,"order_id":"ORD-1234"},"tool":"order_tools.process_refund"}'
    const digest = `sha256:${createHash('sha256').update(call).digest('hex')}`
    expect(digestOf('order_tools.process_refund', { order_id: 'ORD-1234', amount: 129.0 })).toBe(digest)
    expect(digest).toBe('sha256:810e90bffac83bfaf2211a8363aff20536c0a02016b38bb761e7294b5649e56a')
  })

  it('does not depend on spelling, blanks or the order of keys', () => {
    const one = parseStrict('{"a": 4.50, "b": "\\u00e9", "c": [1e2, -0]}').value
    const other = parseStrict('{"c":[100,0],"b":"é","a":4.5}').value
    expect(digestOf('t', one)).toBe(digestOf('t', other))
  })

  it.each([
    ['the tool', 'u', { a: 1, b: [1, 2] }],
    ['a value', 't', { a: 2, b: [1, 2] }],
    ['a type', 't', { a: '1', b: [1, 2] }],
    ['a key', 't', { A: 1, b: [1, 2] }],
    ['one key more', 't', { a: 1, b: [1, 2], c: null }],
    ['the order of an array', 't', { a: 1, b: [2, 1] }],
    ['an invisible character in a key', 't', { 'a\u200b': 1, b: [1, 2] }],
  ])('changes with %s', (_, tool, params) => {
    expect(digestOf(tool, params)).not.toBe(digestOf('t', { a: 1, b: [1, 2] }))
  })
})
