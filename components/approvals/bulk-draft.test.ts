import { expect, it } from 'vitest'
import type { SeenApproval } from '@/lib/approvals/schemas'
import { chosenOf, emptyDraft, rowsDrawn } from './bulk-draft'
import { bulkShape } from './bulk-shape'

const shapeOf = (count: number) =>
  bulkShape(
    Array.from({ length: count }, (_, at) => ({
      approval: {
        id: `a${at}`,
        status: at === 1 ? 'approved' : 'pending',
        rule: { outcome: at === 2 ? 'unevaluable' : 'always', condition: null },
      } as SeenApproval,
      params: { at },
    })),
  )
const idsOf = (chosen: SeenApproval[]) => chosen.map(({ id }) => id)
const isOut = ({ id }: SeenApproval) => id === 'a0'

it('chooses what waits, does not stand out and may be decided, and what was ticked by hand', () => {
  const how = { isWhole: false, isOut }
  expect(idsOf(chosenOf(shapeOf(5), emptyDraft, how).chosen)).toEqual(['a3', 'a4'])
  const draft = { ...emptyDraft, ticks: new Map(Object.entries({ a0: true, a1: true, a2: true, a3: false })) }
  expect(idsOf(chosenOf(shapeOf(5), draft, how).chosen)).toEqual(['a2', 'a4'])
})

it('is ready only once each request was drawn', () => {
  const isReady = (count: number, isWhole: boolean) =>
    chosenOf(shapeOf(count), emptyDraft, { isWhole, isOut }).isAllDrawn
  expect(isReady(rowsDrawn, false)).toBe(true)
  expect(isReady(rowsDrawn + 1, false)).toBe(false)
  expect(isReady(rowsDrawn + 1, true)).toBe(true)
})
