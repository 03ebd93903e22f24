import { expect, it } from 'vitest'
import type { SeenApproval } from '@/lib/approvals/schemas'
import { callWords, inRuleOrder, objectWords, ruleParams } from './call-words'

function asked(params: Record<string, unknown>, condition: string | null = null, most = 2000): SeenApproval {
  const text = JSON.stringify(params)
  const start = { text: text.slice(0, most), bytes: new TextEncoder().encode(text).length }
  return { tool: 'pay', rule: { condition }, params_start: start } as unknown as SeenApproval
}

it.each([
  ['param.amount > 1000', ['amount']],
  ['100 < param.amount and param.amount < 500 or param["to who"] is null', ['amount', 'to who']],
  ["param . sql and param['x'].y == 1", ['sql', 'x']],
  ['context.tier == "gold"', []],
  [null, []],
])('reads which params %s is about', (condition, names) => expect(ruleParams(condition)).toEqual(names))

it('puts those of the rule first, as far as they are there', () => {
  const ordered = inRuleOrder({ id: 1, amount: 2 }, 'param.amount > param.toString')
  expect(ordered).toEqual([
    ['amount', 2, true],
    ['id', 1, false],
  ])
})

it('leads with the value that the rule fired on', () => {
  const words = callWords(asked({ order_id: 'ORD-1', amount: 2400, flag: '129' }, 'param.amount > 1000'))
  expect(words).toEqual({
    lead: { name: 'amount', value: '2400', isOfRule: true },
    rest: ['order_id=ORD-1', 'flag="129"'],
  })
  expect(objectWords(asked({ order_id: 'ORD-1', amount: 2400 }))).toBe('pay, order_id ORD-1, amount 2400')
  expect(objectWords(asked({}))).toBe('pay')
})

it('shows ordinary line breaks as what they are, and cuts nothing out of the middle', () => {
  const sql = 'BEGIN;\n\tDELETE FROM audit;\r\nCOMMIT;'
  expect(callWords(asked({ sql }))?.lead?.value).toBe('"BEGIN; ↵ DELETE FROM audit; ↵ COMMIT;"')
  expect(callWords(asked({ a: 'x'.repeat(100) }))?.lead?.value).toBe(`"${'x'.repeat(90)}…"`)
  expect(callWords(asked({ to: 'pay\u202Epal' }))?.lead?.value).toContain('⟨U+202E⟩')
  expect(callWords(asked({ items: Array.from({ length: 99 }, (_, at) => at) }))?.lead?.value).toBe(
    '⟨99 items⟩',
  )
})

it('knows of long params those at their beginning', () => {
  const params = { path: 'a, "b" {', deep: { list: [1, { x: ',' }] }, text: 'y'.repeat(5000) }
  expect(callWords(asked(params))).toEqual({
    lead: { name: 'path', value: '"a, \\"b\\" {"', isOfRule: false },
    rest: ['deep={"list":[1,{"x":","}]}', '… 5 kB in all'],
  })
  expect(callWords(asked({ text: 'y'.repeat(5000) }))).toBeNull()
})
