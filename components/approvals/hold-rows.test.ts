import { describe, expect, it } from 'vitest'
import type { SeenApproval } from '@/lib/approvals/schemas'
import { compareIn, place, type ListOf } from './desk-order'
import { holdRows } from './hold-rows'

function row(id: string, minute: number, status: SeenApproval['status'] = 'pending'): SeenApproval {
  return {
    id,
    status,
    expires_at: `2026-01-31T12:${String(minute).padStart(2, '0')}:00.000Z`,
  } as SeenApproval
}

const [a, b, c] = [row('a', 10), row('b', 20), row('c', 30)]
const seen = [a, b, c]
const compare = compareIn('deadline')
const hold = (items: SeenApproval[], frozen: SeenApproval[] | null, others: SeenApproval[] = []) =>
  holdRows(items, frozen, new Map([...seen, ...items, ...others].map((one) => [one.id, one])), compare)
const idsOf = (rows: SeenApproval[]) => rows.map(({ id }) => id).join('')

describe('the rows while the reviewer is in the list', () => {
  it('are the list as it comes without a hold', () => {
    expect(hold(seen, null)).toEqual({ rows: seen, newCount: 0 })
  })

  it('count what would stand before and move no row', () => {
    const held = hold([row('e', 4), row('d', 5), ...seen], seen)
    expect([idsOf(held.rows), held.newCount]).toEqual(['abc', 2])
  })

  it('keep what has gone in its place, with what became of it', () => {
    const gone = row('b', 20, 'approved')
    const held = hold([a, c], seen, [gone])
    expect(held.rows.map(({ status }) => status)).toEqual(['pending', 'approved', 'pending'])
    expect(held.newCount).toBe(0)
    expect(idsOf(hold([], seen).rows)).toBe('abc')
  })

  it('have those of later deadlines at the end', () => {
    const held = hold([row('d', 5), ...seen, row('y', 40), row('z', 41)], seen)
    expect([idsOf(held.rows), held.newCount]).toEqual(['abcyz', 1])
  })

  it('tell apart two of the same moment by their ids, as the list does', () => {
    expect(idsOf(hold([row('b', 10), row('c', 10)], [row('b', 10)]).rows)).toBe('bc')
    expect(hold([row('a', 10), row('b', 10)], [row('b', 10)]).newCount).toBe(1)
  })

  it('are none in a list that was empty', () => {
    expect(hold([c], [])).toEqual({ rows: [], newCount: 1 })
  })
})

describe('a row that an event named', () => {
  const pending: ListOf = { statuses: ['pending'], sort: 'deadline' }
  it('comes into its place, and leaves when it is of the list no more', () => {
    expect(idsOf(place(seen, [row('d', 25), row('e', 40)], pending, false))).toBe('abdce')
    expect(idsOf(place(seen, [row('b', 20, 'rejected')], pending, false))).toBe('ac')
    expect(idsOf(place(seen, [row('x', 5, 'approved')], pending, false))).toBe('abc')
  })

  it('is left to the server where it would stand behind what was read', () => {
    expect(idsOf(place(seen, [row('d', 25), row('e', 40)], pending, true))).toBe('abdc')
    expect(idsOf(place(seen, [row('c', 30)], pending, true))).toBe('abc')
    expect(idsOf(place([], [a], pending, true))).toBe('a')
  })

  it('is sorted by the moment of its end among what is decided', () => {
    const decided: ListOf = { statuses: ['approved'], sort: 'decided' }
    const at = (id: string, asked: number, waited: number) =>
      ({
        id,
        status: 'approved',
        requested_at: new Date(asked).toISOString(),
        wait_ms: waited,
      }) as SeenApproval
    expect(idsOf(place([at('a', 900, 10)], [at('b', 0, 1000), at('c', 800, 0)], decided, false))).toBe('bac')
  })
})
