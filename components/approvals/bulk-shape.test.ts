import { expect, it } from 'vitest'
import type { SeenApproval } from '@/lib/approvals/schemas'
import { bulkShape } from './bulk-shape'

const row = (id: string, params: Record<string, unknown>, outcome = 'always') => ({
  approval: { id, rule: { outcome, condition: 'param.amount > 1' } } as SeenApproval,
  params,
})

it('says once what is the same in all, and makes columns of what differs', () => {
  const { same, columns, rows } = bulkShape([
    row('a', { note: 'm', currency: 'EUR', amount: 1, to: { iban: 'x' } }),
    row('b', { to: { iban: 'x' }, currency: 'EUR', amount: '1', flag: true }),
  ])
  expect(same).toEqual([
    ['currency', 'EUR'],
    ['to', { iban: 'x' }],
  ])
  expect(columns).toEqual(['amount', 'note', 'flag'])
  expect(rows.map(({ approval }) => approval.id)).toEqual(['a', 'b'])
})

it('of one alone shows all', () => {
  expect(bulkShape([row('a', { x: 1 })])).toMatchObject({ same: [], columns: ['x'] })
  expect(bulkShape([])).toMatchObject({ same: [], columns: [], rows: [] })
})

it('puts what stands out first and says why', () => {
  const usual = [10, 12, 11, 9, 13, 12].map((amount, at) => row(`u${at}`, { amount, id: at }))
  const { rows, oddities } = bulkShape([
    ...usual,
    row('much', { amount: 2400, id: 7 }),
    row('hidden', { amount: 11, id: 8, to: 'pay\u202Epal' }),
    row('unclear', { amount: 11, id: 9 }, 'unevaluable'),
  ])
  expect(rows.slice(0, 3).map(({ approval }) => approval.id)).toEqual(['much', 'hidden', 'unclear'])
  expect(oddities.get('much')).toEqual(['amount is far above the others'])
  expect(oddities.get('hidden')).toEqual(['hidden characters'])
  expect(oddities.get('unclear')).toEqual(['the rule could not be evaluated'])
  expect(oddities.get('u1')).toEqual([])
})

it('does not take a few or a spread for outliers', () => {
  const amounts = (...values: number[]) => values.map((amount, at) => row(String(at), { amount }))
  const odd = (rows: ReturnType<typeof amounts>) => [...bulkShape(rows).oddities.values()].flat()
  expect(odd(amounts(1, 1000))).toEqual([])
  expect(odd(amounts(10, 20, 30, 40, 50, 60, 70, 80))).toEqual([])
  expect(odd(amounts(0, 0, 0, 0, 0, 1))).toEqual(['amount is far above the others'])
})
