import { describe, expect, it } from 'vitest'
import {
  extentOf,
  filterRows,
  opensAt,
  subjectIn,
  subjectOf,
  waitedMs,
  type Trace,
  type TraceRow,
} from './trace-row'

const row = (id: string, more: Partial<TraceRow> = {}): TraceRow => ({
  id,
  kind: 'tool',
  name: 'pay.transfer',
  callId: id,
  status: 'succeeded',
  brief: '{"to":"ORD-1"}',
  isRecorded: false,
  startedAt: 1000,
  endedAt: 2000,
  wait: null,
  ...more,
})
const wait = (from: number, until: number | null) => ({ wait: { from, until, words: '' } })
const rows = [
  row('plan', { kind: 'model', name: 'Plan', status: null, brief: '"Refund it"', callId: null }),
  row('done', wait(1000, 5000)),
  row('failed', { status: 'failed' }),
  row('rejected', { status: 'rejected', ...wait(4000, 6000) }),
  row('held', { status: 'awaiting_approval', endedAt: null, ...wait(9000, null) }),
  row('note', { kind: 'note', name: 'Note', status: null, brief: '', callId: null }),
]

describe('a trace', () => {
  it.each([
    ['all', '', ['plan', 'done', 'failed', 'rejected', 'held', 'note']],
    ['tools', '', ['done', 'failed', 'rejected', 'held']],
    ['model', '', ['plan']],
    ['messages', '', ['note']],
    ['failed', '', ['failed', 'rejected']],
    ['gated', '', ['done', 'rejected', 'held']],
    ['all', ' REFUND', ['plan']],
    ['tools', 'ord-1', ['done', 'failed', 'rejected', 'held']],
    ['all', 'nothing', []],
  ] as const)('narrowed to %s %s', (filter, text, ids) =>
    expect(filterRows(rows, filter, text).map(({ id }) => id)).toEqual(ids),
  )

  it('opens at the step of the address, else at what is held, else at what went wrong last', () => {
    expect(opensAt(rows)?.id).toBe('held')
    expect(opensAt(rows, 'failed')?.id).toBe('failed')
    expect(opensAt([row('stp_1', { callId: 'call 1' })], 'call 1')?.id).toBe('stp_1')
    expect(opensAt(rows, 'gone')?.id).toBe('held')
    expect(opensAt(rows.slice(0, 4))?.id).toBe('rejected')
    expect(opensAt(rows.slice(0, 2))).toBeUndefined()
  })

  it('counts what people took, at the same time once', () => {
    expect(waitedMs(rows, 10_000)).toBe(5000 + 1000)
    expect(waitedMs([], 10_000)).toBe(0)
  })

  it('reaches from its first moment to its last', () => {
    const trace: Trace = {
      id: 'run_1',
      agent: 'a',
      status: 'running',
      started_at: new Date(1500).toISOString(),
      finished_at: null,
      next_cursor: null,
      rows,
    }
    expect(extentOf(trace, 20_000)).toEqual({ from: 1000, until: 20_000 })
    expect(extentOf({ ...trace, finished_at: new Date(8000).toISOString() }, 20_000).until).toBe(9000)
  })

  it.each([
    [{ message: 'My lamp' }, 'My lamp'],
    [{ id: 7, more: [{ text: 'deep' }] }, 'deep'],
    [{ id: 7, text: ' ' }, null],
    [null, null],
  ])('is about %j', (input, subject) => {
    expect(subjectOf(input)).toBe(subject)
    expect(subjectIn(JSON.stringify(input))).toBe(subject)
  })

  it('is about what its input begins with, where that is cut', () => {
    expect(subjectIn('{"id":7,"message":"Say \\"no\\"\\nto the la')).toBe('Say "no" to the la')
  })
})
