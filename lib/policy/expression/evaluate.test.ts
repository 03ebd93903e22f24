import { describe, expect, it } from 'vitest'
import { compileCondition, parseCondition } from './condition'

type Row = [condition: string, param: object, context: object, result: boolean | string]

/** true, false, or why nothing can be told. */
function result(text: string, param: object = {}, context: object = {}): boolean | string {
  if (!parseCondition(text).ok) return 'refused'
  const verdict = compileCondition(text)(param, context)
  return verdict.outcome === 'unevaluable' ? verdict.detail : verdict.outcome === 'true'
}

describe('the examples of the policy page', () => {
  const missing = (path: string) => `${path} is missing`
  const rows: Row[] = [
    ['param.amount > 1000', { amount: 2400 }, {}, true],
    ['param.amount > 1000', { amount: 129 }, {}, false],
    ['param.amount > 1000', {}, {}, missing('param.amount')],
    [
      'param.amount > 1000',
      { amount: '2400' },
      {},
      'param.amount > 1000 cannot be evaluated: `>` does not order a string and a number',
    ],
    [
      'param.amount > 1000',
      { amount: null },
      {},
      'param.amount > 1000 cannot be evaluated: `>` does not order null and a number',
    ],
    [
      'param.amount > 1000',
      { amount: [2000] },
      {},
      'param.amount > 1000 cannot be evaluated: `>` does not order a list and a number',
    ],
    ['param.amount > 50 and not context.is_admin', { amount: 60 }, { is_admin: true }, false],
    ['param.amount > 50 and not context.is_admin', { amount: 60 }, {}, missing('context.is_admin')],
    ['param.amount > 50 and not context.is_admin', { amount: 10 }, {}, false],
    ["context.role != 'admin'", {}, {}, missing('context.role')],
    ['context["user"]["role"] == "admin"', {}, { user: { role: 'admin' } }, true],
    ['param.items[0].qty > 5', { items: [{ qty: 9 }] }, {}, true],
    ['param.items[5] == 1', { items: [1] }, {}, 'param.items[5] is out of range: the length is 1'],
    ['param.tier in ["pro", "enterprise"]', { tier: 'pro' }, {}, true],
    ['param.currency not in ("EUR", "USD")', { currency: 'GBP' }, {}, true],
    ['"drop" in param.sql', { sql: 'drop table x' }, {}, true],
    ['param.email is null', { email: null }, {}, true],
    ['param.force is true', { force: 1 }, {}, false],
    ['not param.a == 1', { a: 1 }, {}, false],
    ['param.a or param.b and param.c', { a: 1, b: 0, c: 0 }, {}, true],
    ['param.meta == {"k": 1}', { meta: { k: 1 } }, {}, true],
    ['100 < param.amount < 500', { amount: 200 }, {}, true],
    ['len(param.items) > 3', { items: [] }, {}, 'refused'],
    ['param.a + 1 > 2', { a: 1 }, {}, 'refused'],
    ['input.x == 1', {}, {}, 'refused'],
    ['params.x > 5', {}, {}, 'refused'],
    ['param.__class__', {}, {}, 'refused'],
  ]
  it.each(rows)('%s with %j and %j', (text, param, context, expected) => {
    expect(result(text, param, context)).toBe(expected)
  })
})

describe('true and false as Python has them', () => {
  it.each([
    ['1 == true', true],
    ['0 == false', true],
    ['1 == 1.0', true],
    ['"1" == 1', false],
    ['null == false', false],
    ['null == null', true],
    ['true < 2', true],
    ['[] == ()', false],
    ['[1, [2]] == [1.0, [true]]', false],
    ['[1, [1]] == [1.0, [true]]', true],
    ['{1, 2} == {2, 1, true}', true],
    ['{"a": 1, "b": 2} == {"b": 2, "a": true}', true],
    ['{"a": 1, "a": 2} == {"a": 2}', true],
    ['{"a": 1} == {"a": 1, "b": 1}', false],
    ['{} == {}', true],
    ['{} == []', false],
    ['1 < 2 < 2', false],
    ['1 < 2 > 1 != 3', true],
    ['1 in [1] == true', false],
    ['1 == 1 in [true]', true],
    ['3 > 1 is true', false],
    ['(3 > 1) is true', true],
    ['1 is true', false],
    ['0 is not false', true],
    ['null is None', true],
    ['not 1 == 2', true],
    ['not null is null', false],
    ['true or false and false', true],
    ['(true or false) and false', false],
    ['not false and false', false],
    ['(0 or "a") == "a"', true],
    ['("" and 1) == ""', true],
    ['(null or [] or {}) == {}', true],
    ['"" or 0 or 0.0 or -0.0 or [] or {} or () or false or null', false],
    ['"0" and "false" and [0] and {"a": 0} and (0,) and {0}', true],
    ['[1, 2] < [1, 3]', true],
    ['[1, 2] < [1, 2, 0]', true],
    ['[] < [0]', true],
    ['[1, "a"] < [2, 3]', true],
    ['(1, 2) >= (1, 2)', true],
    ['{1} < {1, 2}', true],
    ['{1} < {1}', false],
    ['{1} <= {1}', true],
    ['{1} < {2} or {2} < {1} or {1} == {2}', false],
    ['"a" < "b"', true],
    ['"Z" < "a"', true],
    ['"" < "a"', true],
    ['"\\uffff" < "\\U0001f600"', true],
    ['"a\\U0001f600" > "a\\ue000"', true],
    ['"" in "abc"', true],
    ['"bc" in "abc"', true],
    ['"ac" in "abc"', false],
    ['1 in [true]', true],
    ['[1] in [[1.0]]', true],
    ['null in [0, false]', false],
    ['1.0 in {1, 2}', true],
    ['(1, 2) in {(true, 2.0)}', true],
    ['{1} in {1, 2}', false],
    ['"a" in {"a": 0}', true],
    ['0 in {"a": 0}', false],
    ['(1, 2)[1] == 2', true],
    ['[1, 2][-1] == 2', true],
    ['[1, 2][true] == 2', true],
    ['"a\\U0001f600b"[1] == "\\U0001f600"', true],
    ['"a\\U0001f600b"[-1] == "b"', true],
    ['{"a": {"b": [7]}}.a["b"][0] == 7', true],
    ['"\\x41\\u0042\\U00000043" == \'ABC\'', true],
    ['"\\0" == "\\x00"', true],
    ['"a\\tb" == "a\tb"', true],
    ['-1 < 0 < .5 < 1e1', true],
    ['9007199254740992 > 9007199254740991', true],
    ['param', false],
    ['not context', true],
  ])('%s is %s', (text, expected) => {
    expect(result(text)).toBe(expected)
  })
})

describe('what cannot be told', () => {
  it.each([
    ['null in an order', 'null < 1', '`<` does not order null and a number'],
    ['two nulls in an order', 'null <= null', '`<=` does not order null and null'],
    ['a string and a number', '"2400" > 1000', '`>` does not order a string and a number'],
    ['a list and a tuple', '[1] < (1, 2)', '`<` does not order a list and a tuple'],
    ['objects in an order', '{} < {"a": 1}', '`<` does not order an object and an object'],
    ['unlike items of lists', '[1, "a"] < [1, 2]', '`<` does not order a string and a number'],
    ['a second link of a chain', '1 < 2 < "a"', '`<` does not order a number and a string'],
    ['a number in a string', '1 in "123"', 'looks for a string in a string, not for a number'],
    ['a search in a number', '1 in 2', '`in` does not look into a number'],
    ['a search in null', '"a" not in null', '`in` does not look into null'],
    ['a list in a set', '[] in {1}', 'a set holds no list'],
    ['a list in a tuple in a set', '(1, []) in {1}', 'a set holds no list'],
    ['a list as a key', '[] in {"a": 1}', 'a set holds no list'],
    ['a set as a key', '{1} in {"a": 1}', 'a set holds no set'],
    ['a set of lists', '{[1]}', 'a set holds no list'],
    ['a set of sets', '{{1}} == 1', 'a set holds no set'],
    ['a float as an index', '[1, 2][1.0]', 'an index is a whole number, not a float'],
    ['a float out of a list as an index', '[1, 2][[0.0][0]]', 'not a float'],
    ['a fraction as an index', '[1, 2][0.5]', 'not a float'],
    ['a string as an index', '[1]["0"]', 'not a string'],
    ['null as an index', '(1,)[null]', 'not null'],
    ['an index too high', '[1][1]', 'is out of range: the length is 1'],
    ['an index too low', '[1][-2]', 'is out of range'],
    ['an index into an empty string', '""[0]', 'is out of range: the length is 0'],
    ['an index beyond the characters', '"\\U0001f600"[1]', 'is out of range: the length is 1'],
    ['a number as a key', '{"1": 1}[1]', 'keys of an object are strings, not a number'],
    ['a missing key', '{"a": 1}["b"]', '{"a": 1}["b"] is missing'],
    ['a member of a string', '"a".length', 'cannot be read from a string'],
    ['a member of a list', '[1].count', 'cannot be read from a list'],
    ['a member of null', 'null.a', 'cannot be read from null'],
    ['a subscript of a set', '{1}[0]', 'cannot be read from a set'],
    ['a subscript of a number', '1[0]', 'cannot be read from a number'],
    ['an operand of not', 'not param.gone', 'param.gone is missing'],
    ['a left operand of or', 'param.gone or true', 'param.gone is missing'],
  ])('%s: %s', (_name, text, reason) => {
    expect(result(text)).toContain(reason)
  })

  it('is not asked what short-circuit leaves out', () => {
    expect(result('true or param.gone')).toBe(true)
    expect(result('false and param.gone')).toBe(false)
    expect(result('2 < 1 < param.gone')).toBe(false)
    expect(result('2 < 1 < "a"')).toBe(false)
  })

  it('quotes the place on one line and not at length', () => {
    expect(result('param\n  .a')).toBe('param .a is missing')
    const long = result(`param["${'k'.repeat(300)}"]`)
    expect(long).toBe(`param["${'k'.repeat(112)}… is missing`)
  })
})

describe('only own properties', () => {
  const names = ['constructor', 'toString', 'valueOf', 'hasOwnProperty', 'isPrototypeOf', 'toLocaleString']
  it.each(names)('%s is a plain missing key', (name) => {
    expect(result(`param.${name}`)).toBe(`param.${name} is missing`)
    expect(result(`param["${name}"]`)).toContain('is missing')
    expect(result(`"${name}" in param`)).toBe(false)
    expect(result(`{"${name}": 1} == param`, {})).toBe(false)
  })

  it('reads such keys where they are the object’s own', () => {
    const param = JSON.parse('{"constructor": 1, "__proto__": {"a": 1}, "length": 2}') as object
    expect(result('param.constructor == 1 and param.length == 2', param)).toBe(true)
    expect(result('"__proto__" in param', param)).toBe(true)
    expect(result('param == {"constructor": 1, "__proto__": {"a": 1}, "length": 2}', param)).toBe(true)
    expect(result('param.a', param)).toBe('param.a is missing')
    expect(result('"__proto__" in param', {})).toBe(false)
  })

  it('reads no length, index or method of lists and strings', () => {
    expect(result('param.a.length', { a: [1] })).toContain('cannot be read')
    expect(result('param.a["length"]', { a: [1] })).toContain('cannot be read')
    expect(result('param.a["0"]', { a: [1] })).toContain('cannot be read')
    expect(result('"0" in param.a', { a: ['x'] })).toBe(false)
  })

  it('takes a value that JSON does not have for missing or untold', () => {
    expect(result('param.a', { a: undefined })).toBe('param.a is missing')
    expect(result('param.a', { a: () => 1 })).toContain('no value of JSON')
    expect(result('param.a > 1', { a: Symbol('a') })).toContain('no value of JSON')
  })
})

describe('limits of evaluation', () => {
  const many = (length: number) => Array.from({ length }, (_, i) => i)

  it('compares 9,000 elements and gives up before 20,000', () => {
    expect(result('-1 in param.a', { a: many(9000) })).toBe(false)
    expect(result('-1 in param.a', { a: many(20_000) })).toBe('-1 in param.a takes more than 10,000 steps')
    expect(result('param.a == param.b', { a: many(20_000), b: many(20_000) })).toContain('10,000 steps')
    expect(result('param.a < param.b', { a: many(20_000), b: many(20_000) })).toContain('10,000 steps')
  })

  it('counts all that one evaluation does', () => {
    const text = Array.from({ length: 20 }, () => '-1 in param.a').join(' or ')
    expect(result(text, { a: many(400) })).toBe(false)
    expect(result(text, { a: many(1000) })).toContain('10,000 steps')
  })

  it('counts long texts', () => {
    const text = Array.from({ length: 80 }, () => 'param.a < param.b').join(' or ')
    const long = 'x'.repeat(65_000)
    expect(result(text, { a: `${long}b`, b: `${long}a` })).toBe(false)
    const longer = 'x'.repeat(130_000)
    expect(result(text, { a: `${longer}b`, b: `${longer}a` })).toContain('10,000 steps')
  })

  it('finds a long text in a long text that the built-in search is slow on', () => {
    const half = 'a'.repeat(15_000)
    const text = 'a'.repeat(65_000)
    expect(result('param.a in param.b', { a: `${half}b${half}`, b: text })).toBe(false)
    expect(result('param.a in param.b', { a: `${half}b${half}`, b: `${text}b${text}` })).toBe(true)
    expect(result('param.a in param.b', { a: text, b: text })).toBe(true)
  })

  it('survives values nested deeper than the stack', () => {
    let deep: unknown = 1
    for (let i = 0; i < 100_000; i++) deep = [deep]
    let other: unknown = 2
    for (let i = 0; i < 100_000; i++) other = [other]
    expect(result('param.a == param.b', { a: deep, b: other })).toEqual(expect.any(String))
  })
})

it('does not keep anything between evaluations', () => {
  const condition = compileCondition('param.a in {1, 2} or [param.a] == [3]')
  expect([1, 3, 4, 2, 'x'].map((a) => condition({ a }, {}).outcome)).toEqual([
    'true',
    'true',
    'false',
    'true',
    'false',
  ])
})

describe('whole numbers of any size are exact, and compare with decimals as in Python', () => {
  const big = 9007199254740993n
  it.each<Row>([
    ['param.a == 9007199254740993', { a: big }, {}, true],
    ['param.a == 9007199254740992', { a: big }, {}, false],
    ['param.a > 9007199254740992', { a: big }, {}, true],
    ['param.a > 9007199254740992.0', { a: big }, {}, true],
    ['param.a == 9007199254740993.0', { a: big }, {}, false],
    ['1e16 == 10000000000000001', {}, {}, false],
    ['1e16 == 10000000000000000', {}, {}, true],
    ['1e23 == 100000000000000000000000', {}, {}, false],
    ['1e23 < 100000000000000000000000', {}, {}, true],
    ['1e23 == 99999999999999991611392', {}, {}, true],
    [`1e308 < 1${'0'.repeat(400)}`, {}, {}, true],
    ['param.a == -9007199254740993', { a: -big }, {}, true],
    ['-param.a == 1', {}, {}, 'refused'],
    ['param.a in [1, 9007199254740993]', { a: big }, {}, true],
    ['param.a in (9007199254740992, 2)', { a: big }, {}, false],
    ['param.a in {9007199254740993}', { a: big }, {}, true],
    ['100000000000000000000 in {1e20}', {}, {}, true],
    ['1e23 in {100000000000000000000000}', {}, {}, false],
    ['{100000000000000000000} == {1e20}', {}, {}, true],
    ['param.l == [9007199254740993, 1]', { l: [big, 1] }, {}, true],
    ['param.o == {"k": 9007199254740992}', { o: { k: big } }, {}, false],
    ['param.a is true', { a: big }, {}, false],
    ['param.a', { a: big }, {}, true],
    ['not param.a', { a: big }, {}, false],
    ['-0 == 0', {}, {}, true],
    [
      'param.l[9007199254740993]',
      { l: [1] },
      {},
      'param.l[9007199254740993] is out of range: the length is 1',
    ],
    ['param.s[param.a]', { s: 'x', a: -big }, {}, 'param.s[param.a] is out of range: the length is 1'],
    [
      'param.a > "1"',
      { a: big },
      {},
      'param.a > "1" cannot be evaluated: `>` does not order a number and a string',
    ],
  ])('%s', (text, param, context, expected) => {
    expect(result(text, param, context)).toBe(expected)
  })

  it('reads a key that starts with one underscore, of its own properties only', () => {
    expect(result('param["_id"] == 7', { _id: 7 })).toBe(true)
    expect(result('param["_id"] == 7', Object.create({ _id: 7 }) as object)).toBe('param["_id"] is missing')
  })
})
