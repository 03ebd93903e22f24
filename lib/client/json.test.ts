import { describe, expect, test } from 'vitest'
import { canonicalJson } from '@/lib/json/canonical'
import { digestOf as serverDigest } from '@/lib/json/digest'
import { toCallId } from './call-id.ts'
import { canonical, digestOf, snapshot, withRecorded } from './json.ts'

function refusal(params: unknown): unknown {
  try {
    return snapshot(params)
  } catch (error) {
    const { name, code, errors } = error as { name: string; code: string; errors: { pointer: string }[] }
    return [name, code, ...errors.map(({ pointer }) => pointer)]
  }
}

describe('params are refused before they are sent', () => {
  const cycle: Record<string, unknown> = { a: { b: {} } }
  cycle.again = [cycle]
  let deep: unknown = {}
  for (let i = 0; i < 100_000; i++) deep = { deep }
  const cases: [string, unknown, string][] = [
    ['a bigint', { a: [1n] }, '/a/0'],
    ['not a number', { a: NaN }, '/a'],
    ['an infinity', { a: { b: -Infinity } }, '/a/b'],
    ['a whole number that has lost digits', JSON.parse('{"account":9007199254740993}'), '/account'],
    ['one that looks like a decimal', { a: 1e300 }, '/a'],
    ['undefined', { a: undefined }, '/a'],
    ['a hole', { a: [1, , 3] }, '/a/1'], // eslint-disable-line no-sparse-arrays
    ['a function', { a: { run: () => 1 } }, '/a/run'],
    ['a symbol', { a: Symbol('x') }, '/a'],
    ['half a character', { a: 'x\ud800' }, '/a'],
    ['half a character in a key', { a: { '\udc00': 1 } }, '/a'],
    ['a cycle', cycle, '/again/0'],
    ['a date', { at: new Date(0) }, '/at'],
    ['a map', { 'a/b~c': new Map() }, '/a~1b~0c'],
    ['what speaks for itself', { a: { toJSON: () => 5 } }, '/a/toJSON'],
    ['what is too deep', deep, '/deep'.repeat(64)],
    ['a list', [1], ''],
    ['null', null, ''],
    ['text', 'x', ''],
    ['nothing', undefined, ''],
  ]
  test.each(cases)('%s', (_, params, pointer) => {
    expect(refusal(params)).toEqual(['Problem', 'invalid_input', pointer])
  })

  test('and every place is named', () => {
    expect(refusal({ a: 1n, b: { c: NaN }, d: 1 })).toEqual(['Problem', 'invalid_input', '/a', '/b/c'])
  })

  test('in words that say how to mend it', () => {
    expect(() => snapshot({ account: 2 ** 53 })).toThrow(
      'These params cannot be asked about (/account): A whole number beyond 2^53 may have lost digits; ' +
        'send it as text in the tool’s schema.',
    )
  })
})

test('what is asked about is what runs, whatever becomes of the original', () => {
  const shared = { x: 1 }
  const params = { b: [shared, shared], a: 'ä', n: -0, nothing: null }
  const copy = snapshot(params)
  shared.x = 2
  params.b.push({ x: 3 })
  expect(JSON.stringify(copy)).toBe('{"b":[{"x":1},{"x":1}],"a":"ä","n":0,"nothing":null}')
  expect(snapshot(JSON.parse('{"__proto__": {"a": 1}}'))).toHaveProperty('__proto__', { a: 1 })
})

test('digests are those of the server', async () => {
  const values = [
    { b: 1, a: { z: [1, 'x', null, true], é: 1e21, '€': -1.5e-7 } },
    { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, ö: 7 },
    { text: '"\\\b\f\n\r\t\u000f\u2028/', n: 333333333.3333333, m: 1e-27 },
    {},
  ]
  for (const value of values) {
    expect(canonical(value)).toBe(canonicalJson(value))
    expect(await digestOf('order_tools.refund', value)).toBe(serverDigest('order_tools.refund', value))
  }
})

test('what ran is recorded whatever it gave back', () => {
  const circle: unknown[] = []
  circle.push(circle)
  const recorded = (output: unknown) => withRecorded({ status: 'succeeded', none: undefined, output })
  const kept = (output: unknown) => (JSON.parse(recorded(output)) as { output: unknown }).output
  expect(recorded(undefined)).toBe('{"status":"succeeded"}')
  expect(recorded(() => 1)).toBe('{"status":"succeeded"}')
  expect(recorded({ a: 1 })).toBe('{"status":"succeeded","output":{"a":1}}')
  expect(kept({ n: 1n })).toEqual({ not_json: 'TypeError: Do not know how to serialize a BigInt' })
  expect(kept(circle)).toHaveProperty('not_json')
  const start = `"${'€'.repeat(49_999)}`
  expect(kept('€'.repeat(1_000_000))).toEqual({ cut: true, bytes: 3_000_002, start })
})

describe('ids of calls', () => {
  test.each([
    ['call_1', 'call_1'],
    ['call_x|fc_y', 'call_x|fc_y'],
    ['functions.x:0', 'functions.x:0'],
    ['..', '...5ec1f7e700'],
    ['Überweisung 1', '_berweisung_1.d7d6e6ba4f'],
    ['a😀b', 'a_b.6fba5b2ea7'],
  ])('%s is %s', async (id, mapped) => {
    expect(await toCallId(id)).toBe(mapped)
  })

  test('are told apart by what they were', async () => {
    expect(await toCallId('a b')).not.toBe(await toCallId('a\tb'))
    const long = await toCallId('x'.repeat(5000))
    expect(long).toMatch(/^x{900}\.[0-9a-f]{10}$/)
    expect(await toCallId(`${'x'.repeat(5000)}y`)).not.toBe(long)
    await expect(toCallId('')).rejects.toThrow(TypeError)
  })
})
