import { describe, expect, test } from 'vitest'
import { numberedId, numberedIdSql, toScript } from './script'
import type { Sent } from './tap'

const at = Date.parse('2026-01-02T03:04:05.600Z')
const id = (prefix: string, letter: string) => `${prefix}_${letter.repeat(26)}`

function sent(text: string, params: (string | null)[] = [], more: Partial<Sent> = {}): Sent {
  return { text, params, types: [], trip: 0, ...more }
}

/** What a script makes of one parameter that was one thing and then another. */
function made(first: string | null, second: string | null, types: number[] = []): string {
  const { text } = toScript([sent('select $1', [first])], [sent('select $1', [second], { types })], at)
  return /^select (.*);$/m.exec(text)?.[1] ?? ''
}

describe('what a script cannot mean is refused', () => {
  test.each([
    ['other statements', [sent('select 1')], [sent('select 2')], /different statements/],
    ['fewer statements', [sent('select 1'), sent('select 1')], [sent('select 1')], /different statements/],
    [
      'a difference without a reason',
      [sent('select $1', ['a'])],
      [sent('select $1', ['b'])],
      /no known reason/,
    ],
    ['null and then not', [sent('select $1', [null])], [sent('select $1', ['b'])], /null in one/],
    [
      'a word beside an id that differs',
      [sent('select $1', [`a ${id('apr', '0')}`])],
      [sent('select $1', [`b ${id('apr', '1')}`])],
      /no known reason/,
    ],
    ['a variable of pgbench', [sent("select ':x'")], [sent("select ':x'")], /misread/],
    ['two statements in one', [sent('select 1; select 2')], [sent('select 1; select 2')], /misread/],
  ])('%s', (_, first, second, message) => {
    expect(() => toScript(first, second, at)).toThrow(message)
  })

  test('more parameters than pgbench takes', () => {
    const text = `select ${Array.from({ length: 256 }, () => '$1').join()}`
    expect(() => toScript([sent(text, ['a'])], [sent(text, ['a'])], at)).toThrow(/256 parameters/)
  })
})

describe('a parameter becomes', () => {
  test('a variable where it stays the same, whatever it holds', () => {
    const one = [sent('select $1, $2', ["it's", '2400'])]
    const { text, variables } = toScript(one, one, at)
    expect(text).toContain('select :s0_0_0, :s0_1_0;')
    expect(variables).toEqual({ i: '0', base: '0', s0_0_0: "it's", s0_1_0: '2400' })
  })

  test('null where it is null', () => expect(made(null, null)).toBe('null'))

  test('an id of the number where an id was made, alone or within a text', () => {
    expect(made(id('apr', '0'), id('apr', '1'))).toBe(`(('apr_' || lpad(:n::text, 26, '0')))`)
    expect(made(`{${id('apr', '0')}}`, `{${id('apr', '1')}}`)).toBe(
      `(:s0_0_0::text || ('apr_' || lpad(:n::text, 26, '0')) || :s0_0_2::text)`,
    )
  })

  test('the caller’s id of the call, of the number too', () => {
    expect(made('call_bench_17_1', 'call_bench_17_2')).toBe(`(('call_bench_0_' || :n::text))`)
  })

  test('the same distance from now where it is a moment', () => {
    const text = (then: string) =>
      `to_char((${then}) at time zone 'UTC', 'YYYY-MM-DD"T"HH24":"MI":"SS.MS"Z"')`
    const before = '2026-01-01T00:00:00.000Z'
    expect(made(before, '2026-01-02T03:04:05.612Z')).toBe(`(${text('now()')})`)
    expect(made(`{"at":"${before}"}`, '{"at":"2026-01-02T03:05:05.600Z"}')).toBe(
      `(:s0_0_0::text || ${text(`now() + interval '60 seconds'`)} || :s0_0_2::text)`,
    )
  })

  test('what it was where it is a number or JSON that differs', () => {
    expect(made('33', '34')).toBe(':s0_0_0')
    expect(made('{"wait_ms":33}', '{"wait_ms":34}')).toBe(':s0_0_0')
  })

  test('of the type that was named for it', () => expect(made('3', '4', [23])).toBe(':s0_0_0::integer'))
})

test('two new ids of a kind in a request are two, and the same id is the same everywhere', () => {
  const call = (one: string, two: string) => [
    sent('insert $1 $2', [id('aud', one), id('aud', two)]),
    sent('insert $1', [id('aud', two)]),
  ]
  const { text } = toScript(call('0', '1'), call('2', '3'), at)
  expect(text).toContain(
    `insert (('aud_' || lpad(:n::text, 26, '0'))) (('aud_' || lpad(:n::text || 'a', 26, '0')));`,
  )
  expect(text).toContain(`insert (('aud_' || lpad(:n::text || 'a', 26, '0')));`)
})

test('statements that went out together go out together', () => {
  const request = [
    sent('begin', [], { trip: 3 }),
    sent('select 1', [], { trip: 4 }),
    sent('select 2', [], { trip: 4 }),
    sent('commit', [], { trip: 6 }),
  ]
  expect(toScript(request, request, at).text.split('\n').slice(2)).toEqual([
    'begin;',
    '\\startpipeline',
    'select 1;',
    'select 2;',
    '\\endpipeline',
    'commit;',
    '',
  ])
})

test('no two pieces of work share a number', () => {
  expect(toScript([sent('select 1')], [sent('select 1')], at).text).toMatch(
    /^\\set i :i \+ 1\n\\set n \(:base \+ :i\) \* 64 \+ :client_id\n/,
  )
})

test('an id of a number has the shape of an id, and reads the same in SQL', () => {
  expect(numberedId('apr', 64)).toBe('apr_00000000000000000000000064')
  expect(numberedIdSql('apr', 'k.n')).toBe(`('apr_' || lpad((k.n)::text, 26, '0'))`)
})

test('the id of a request is made anew', () => {
  const [first, second] = ['0b5e8f0a-1c2d-4e3f-8a9b-0c1d2e3f4a5b', '7a6b5c4d-3e2f-4a1b-9c8d-7e6f5a4b3c2d']
  expect(made(`{"request_id":"${first}"}`, `{"request_id":"${second}"}`)).toContain('gen_random_uuid()::text')
})
