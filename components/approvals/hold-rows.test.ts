import { describe, expect, it } from 'vitest'
import type { Approval } from '@/lib/approvals/schemas'
import { holdRows } from './hold-rows'

function row(id: string, minute: number): Approval {
  return {
    id,
    status: 'pending',
    expires_at: `2026-01-31T12:${String(minute).padStart(2, '0')}:00.000Z`,
  } as Approval
}

const [a, b, c] = [row('a', 10), row('b', 20), row('c', 30)]
const seen = [a, b, c]
const idsOf = ({ rows }: ReturnType<typeof holdRows>) => rows.map(({ approval }) => approval.id).join('')

describe('without a hold', () => {
  it('shows the list as it comes', () => {
    expect(holdRows(seen, null)).toEqual({
      rows: seen.map((approval) => ({ approval, isGone: false })),
      newCount: 0,
    })
  })
})

describe('while the reviewer is in the list', () => {
  it('counts what is new and moves no row', () => {
    const held = holdRows([row('e', 4), row('d', 5), ...seen], seen)
    expect(idsOf(held)).toBe('abc')
    expect(held.newCount).toBe(2)
  })

  it('keeps what has gone in its place', () => {
    const held = holdRows([a, c], seen)
    expect(held.rows.map(({ approval, isGone }) => [approval.id, isGone])).toEqual([
      ['a', false],
      ['b', true],
      ['c', false],
    ])
    expect(held.newCount).toBe(0)
  })

  it('keeps all of them when the list is empty', () => {
    expect(idsOf(holdRows([], seen))).toBe('abc')
  })

  it('puts those of later deadlines at the end', () => {
    const held = holdRows([row('d', 5), ...seen, row('y', 40), row('z', 41)], seen)
    expect(idsOf(held)).toBe('abcyz')
    expect(held.newCount).toBe(1)
  })

  it('tells apart two of the same moment by their ids, as the list does', () => {
    expect(idsOf(holdRows([row('b', 10), row('c', 10)], [row('b', 10)]))).toBe('bc')
    expect(holdRows([row('a', 10), row('b', 10)], [row('b', 10)]).newCount).toBe(1)
  })

  it('counts everything as new in a list that was empty', () => {
    expect(holdRows([c], [])).toEqual({ rows: [], newCount: 1 })
  })

  it('shows the newest that is known of a row', () => {
    const changed = { ...b, message: 'new' } as Approval
    expect(holdRows([a, changed, c], seen).rows[1]?.approval).toBe(changed)
  })
})
