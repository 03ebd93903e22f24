import { describe, expect, it } from 'vitest'
import { parseStrict } from '../../json/strict'
import { compilePolicy, gate } from '../gate'
import { parsePolicy } from '../parse'
import { changesBetween } from './changes'
import { judgeEdit } from './judge'
import { invalidBy } from './params-schema'
import { schemaIssues } from './taken-schema'

const read = (text: string) => parseStrict(text).value as Record<string, unknown>

/** What becomes of an edit under a policy whose entries these are. */
function judge(entries: string, from: string, to: string, schema: Record<string, unknown> | null = null) {
  const parsed = parsePolicy(`approval:\n  tools:\n${entries.replace(/^/gm, '    ')}\n`)
  if (!parsed.ok) throw new Error(parsed.errors[0]?.detail)
  const compiled = compilePolicy(parsed.policy)
  const call = { tool: 'pay', params: read(from), context: {} }
  const asked = gate(compiled, call)
  if (asked.action !== 'ask') throw new Error('nothing fired')
  return judgeEdit(asked.terms, compiled, call, read(to), schema)
}

const pay = (edit: string) => `- pay: {edit: ${edit}}`

describe('where an edit may change something', () => {
  it.each([
    ['true', '{"a": 1, "b": {"c": 2}}', '{"a": 2, "b": {"c": 3}}'],
    ['[a]', '{"a": 1, "b": 1}', '{"a": 2, "b": 1}'],
    ['a', '{"a": {"x": [1, {"y": 2}]}}', '{"a": {"x": [1, {"y": 3}]}}'],
    ['["/items/*/qty"]', '{"items": [{"qty": 1}, {"qty": 2}]}', '{"items": [{"qty": 1}, {"qty": 3}]}'],
    ['["/items/1/qty"]', '{"items": [{"qty": 1}, {"qty": 2}]}', '{"items": [{"qty": 1}, {"qty": 3}]}'],
    ['["/items/*"]', '{"items": [{"qty": 1}]}', '{"items": [{"qty": 2}]}'],
    ['["/a~1b/~0c"]', '{"a/b": {"~c": 1}}', '{"a/b": {"~c": 2}}'],
    ['["a/b"]', '{"a/b": 1}', '{"a/b": 2}'],
    ['a', '{"b": 1, "a": 1}', '{"a": 2, "b": 1}'],
  ])('edit: %s lets %s become %s', (edit, from, to) => {
    expect(judge(pay(edit), from, to)).toMatchObject({ ok: true })
  })

  it.each([
    ['false', '{"a": 1}', '{"a": 2}', []],
    ['false', '{"a": 1}', '{"a": 1}', []],
    ['[a]', '{"a": 1, "b": 1}', '{"a": 2, "b": 2}', ['/b']],
    ['["/items/*/qty"]', '{"items": {"0": {"qty": 1}}}', '{"items": {"0": {"qty": 2}}}', ['/items/0/qty']],
    [
      '["/items/*/qty"]',
      '{"items": [{"qty": 1, "id": 1}]}',
      '{"items": [{"qty": 1, "id": 2}]}',
      ['/items/0/id'],
    ],
    ['["/items/*/qty"]', '{"items": [{"qty": 1}]}', '{"items": []}', ['/items']],
    ['["/items/1/qty"]', '{"items": [{"qty": 1}]}', '{"items": [{"qty": 2}]}', ['/items/0/qty']],
    ['[a]', '{"ab": 1}', '{"ab": 2}', ['/ab']],
    ['[a]', '{"a": 1}', '{"a": 1, "c": 1}', ['/c']],
    ['["/a/*"]', '{"a": {"*": 1}}', '{"a": {"*": 2}}', ['/a/*']],
  ])('edit: %s lets %s not become %s', (edit, from, to, pointers) => {
    const verdict = judge(pay(edit), from, to)
    expect(verdict).toMatchObject({ ok: false, code: 'edit_not_allowed' })
    if (pointers.length > 0)
      expect(verdict).toMatchObject({ issues: pointers.map((pointer) => ({ pointer })) })
  })

  it('says what may be changed, and that nothing was', () => {
    expect(judge(pay('[a, /b/*/c]'), '{"x": 1}', '{"x": 2}')).toMatchObject({ allowed: ['/a', '/b/*/c'] })
    expect(judge(pay('[a]'), '{"a": 1.0, "b": {}}', '{"b": {}, "a": 1}')).toEqual({
      ok: false,
      code: 'edit_unchanged',
    })
  })
})

describe('without a schema the form is kept', () => {
  it.each([
    ['{"a": 2400}', '{"a": 1200}'],
    ['{"a": 1.5}', '{"a": 2.25}'],
    ['{"a": 1.5}', '{"a": 2}'],
    ['{"a": 9007199254740993}', '{"a": 9007199254740992}'],
    ['{"a": 1}', '{"a": 9007199254740993}'],
    ['{"a": "x"}', '{"a": ""}'],
    ['{"a": true}', '{"a": false}'],
    ['{"a": [1, "x"]}', '{"a": [2, "y"]}'],
  ])('%s may become %s', (from, to) => {
    expect(judge(pay('true'), from, to)).toMatchObject({ ok: true })
  })

  it.each([
    ['{"a": 2400}', '{"a": 1200.5}', 'whole number'],
    ['{"a": 2400}', '{"a": "1200"}', 'this is text'],
    ['{"a": 2400}', '{"a": null}', 'null'],
    ['{"a": null}', '{"a": 1}', 'null'],
    ['{"a": "x"}', '{"a": 1}', 'text'],
    ['{"a": true}', '{"a": 1}', 'true or false'],
    ['{"a": []}', '{"a": {}}', 'a list'],
    ['{"a": [1]}', '{"a": [1, 2]}', 'length'],
    ['{"a": [1]}', '{"a": [1.5]}', 'whole number'],
    ['{"a": 1}', '{"a": 1, "b": 2}', 'added'],
    ['{"a": 1, "b": 2}', '{"a": 1}', 'removed'],
  ])('%s may not become %s', (from, to, words) => {
    const verdict = judge(pay('true'), from, to)
    expect(verdict).toMatchObject({ ok: false, code: 'invalid_input' })
    if (!verdict.ok && verdict.code === 'invalid_input') expect(verdict.issues[0]?.detail).toContain(words)
  })
})

it('tells changes one by one, exactly', () => {
  const changes = changesBetween(
    read('{"amount": 9007199254740993, "items": [{"q": 1}, {"q": 2}], "gone": null, "list": [1]}'),
    read('{"amount": 9007199254740992, "items": [{"q": 1}, {"q": 3}], "list": [], "new": "x"}'),
  )
  expect(changes.map(({ path: _path, ...change }) => change)).toEqual([
    { pointer: '/amount', from: 9007199254740993n, to: 9007199254740992n },
    { pointer: '/items/1/q', from: 2, to: 3 },
    { pointer: '/gone', from: null },
    { pointer: '/list', from: [1], to: [] },
    { pointer: '/new', to: 'x' },
  ])
})

describe('the policy of the request judges the edit', () => {
  const entries =
    '- pay: {when: param.a > 10, edit: true}\n- "*": {when: param.a > 100, edit: true, reviewers: dba}'
  it.each([
    ['stays within the rule', '{"a": 50}', '{"a": 60}', { ok: true }],
    ['goes below every rule', '{"a": 50}', '{"a": 1}', { ok: true }],
    ['goes below one of two', '{"a": 500}', '{"a": 50}', { ok: true }],
    [
      'trips another',
      '{"a": 50}',
      '{"a": 500}',
      { ok: false, code: 'edit_needs_other_rule', rule: { tool: '*', condition: 'param.a > 100' } },
    ],
  ])('an edit that %s', (_name, from, to, expected) => {
    expect(judge(entries, from, to)).toMatchObject(expected)
  })

  it('counts a rule that can no longer be told as fired', () => {
    const two = '- pay: {edit: true}\n- pay: {when: param.b > 5, edit: true}'
    const schema = { type: 'object', properties: { b: {} } }
    expect(judge(two, '{"b": 1}', '{"b": "x"}', schema)).toMatchObject({ code: 'edit_needs_other_rule' })
  })
})

describe('schemas of params', () => {
  const order = {
    type: 'object',
    required: ['amount'],
    additionalProperties: false,
    properties: {
      amount: { type: 'number', minimum: 0, maximum: 5000 },
      count: { type: 'integer' },
      currency: { enum: ['EUR', 'USD'] },
      note: { type: ['string', 'null'], maxLength: 5, format: 'email' },
      kind: { const: 'refund' },
      items: { type: 'array', minItems: 1, maxItems: 2, items: { $ref: '#/$defs/item' } },
      pair: { prefixItems: [{ type: 'string' }, { type: 'boolean' }], items: false },
      rate: { multipleOf: 0.01, exclusiveMinimum: 0, exclusiveMaximum: 1 },
      any: { anyOf: [{ type: 'string' }, { type: 'integer' }], not: { const: 'no' } },
    },
    $defs: {
      item: { type: 'object', required: ['qty'], properties: { qty: { type: 'integer', minimum: 1 } } },
    },
  }

  it('are taken where checking them is cheap and certain', () => {
    expect(schemaIssues(order)).toEqual([])
    expect(schemaIssues({ type: 'object', properties: { pattern: { type: 'string' } } })).toEqual([])
  })

  it.each([
    [true, '/type', 'outermost'],
    ['x', '', 'A schema is'],
    [{}, '/type', 'outermost'],
    [{ type: 'array' }, '/type', 'outermost'],
    [{ type: 'object', pattern: 'a' }, '/pattern', 'not in use'],
    [{ type: 'object', properties: { a: { pattern: '(a+)+$' } } }, '/properties/a/pattern', 'not in use'],
    [{ type: 'object', properties: { a: { uniqueItems: true } } }, '/properties/a/uniqueItems', 'not in use'],
    [{ type: 'object', $ref: 'https://example.com/a.json' }, '/$ref', 'names a schema of this one'],
    [{ type: 'object', $ref: '#/$defs/none' }, '/$ref', 'names a schema of this one'],
    [{ type: 'object', $id: 'https://example.com' }, '/$id', 'not in use'],
    [{ type: 'object', $dynamicRef: '#a' }, '/$dynamicRef', 'not in use'],
    [{ type: 'object', properties: [] }, '/properties', 'object of schemas'],
    [{ type: 'object', properties: { a: 5 } }, '/properties/a', 'A schema is'],
    [{ type: 'object', anyOf: [] }, '/anyOf', 'list of schemas'],
    [{ type: 'object', items: [{}] }, '/items', 'A schema is'],
    [{ type: 'text' }, '/type', 'does not hold'],
    [{ type: 'object', required: [1] }, '/required', 'does not hold'],
    [{ type: 'object', minProperties: -1 }, '/minProperties', 'does not hold'],
    [
      { type: 'object', properties: { a: { maximum: 9007199254740993n } } },
      '/properties/a/maximum',
      'does not',
    ],
    [{ type: 'object', properties: { a: { multipleOf: 0 } } }, '/properties/a/multipleOf', 'does not hold'],
  ])('is not taken with a mistake: case %#', (schema, pointer, words) => {
    const [first] = schemaIssues(schema)
    expect(first?.pointer).toBe(pointer)
    expect(first?.detail).toContain(words)
  })

  it.each([
    ['{"amount": 1}', []],
    ['{"amount": 1.5, "count": 9007199254740993, "note": null, "kind": "refund"}', []],
    ['{"amount": 1, "items": [{"qty": 1}], "pair": ["a", true], "rate": 0.07, "any": 5}', []],
    ['{"amount": 1, "note": "äöüßé"}', []],
    ['{}', ['']],
    ['{"amount": -1}', ['/amount']],
    ['{"amount": 9007199254740993}', ['/amount']],
    ['{"amount": "1"}', ['/amount']],
    ['{"amount": 1, "count": 1.5}', ['/count']],
    ['{"amount": 1, "currency": "GBP"}', ['/currency']],
    ['{"amount": 1, "note": "longer"}', ['/note']],
    ['{"amount": 1, "kind": "other"}', ['/kind']],
    ['{"amount": 1, "extra": 1}', ['/extra']],
    ['{"amount": 1, "items": []}', ['/items']],
    ['{"amount": 1, "items": [{"qty": 0}]}', ['/items/0/qty']],
    ['{"amount": 1, "items": [{}, {"qty": 1}]}', ['/items/0']],
    ['{"amount": 1, "pair": ["a", true, 1]}', ['/pair/2']],
    ['{"amount": 1, "rate": 0.075}', ['/rate']],
    ['{"amount": 1, "rate": 1}', ['/rate']],
    ['{"amount": 1, "any": "no"}', ['/any']],
  ])('%s', (params, pointers) => {
    const found = invalidBy(order, read(params))?.map(({ pointer }) => pointer)
    expect([...new Set(found)]).toEqual(pointers)
  })

  it('let an edit add and remove what they allow, at the places that the policy names', () => {
    const edit = (to: string, places = 'true') => judge(pay(places), '{"amount": 1, "count": 2}', to, order)
    expect(edit('{"amount": 2.5, "currency": "EUR"}')).toMatchObject({ ok: true })
    expect(edit('{"amount": 2.5, "count": 2}', '[amount]')).toMatchObject({ ok: true })
    expect(edit('{"amount": 2.5}', '[amount]')).toMatchObject({ code: 'edit_not_allowed' })
    expect(edit('{"amount": 6000, "count": 2}')).toMatchObject({
      code: 'invalid_input',
      issues: [{ pointer: '/amount' }],
    })
  })

  it('are given up where they refer to each other without end', () => {
    const deep = Object.fromEntries(
      Array.from({ length: 20 }, (_, i) => [`s${i}`, { allOf: [ref(i + 1), ref(i + 1)] }]),
    )
    const schema = { type: 'object', $ref: '#/$defs/s0', $defs: { ...deep, s20: { type: 'object' } } }
    expect(schemaIssues(schema)).toEqual([])
    expect(invalidBy(schema, {})).toBeNull()
    const loop = { type: 'object', $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/a' } } }
    expect(invalidBy(loop, {})).toBeNull()
    const tree = {
      type: 'object',
      $ref: '#/$defs/t',
      $defs: { t: { allOf: [{ properties: { t: ref('t') } }, { properties: { t: ref('t') } }] } },
    }
    let value: Record<string, unknown> = {}
    for (let i = 0; i < 40; i++) value = { t: value }
    expect(invalidBy(tree, value)).toBeNull()
    expect(judge(pay('true'), '{"a": 1}', '{"a": 2}', schema)).toMatchObject({ code: 'invalid_input' })
  })
})

const ref = (name: number | string) => ({
  $ref: `#/$defs/${typeof name === 'number' ? `s${name}` : name}`,
})
