import { describe, expect, test } from 'vitest'
import type { Approval } from '@/lib/client/approval'
import { digestOf } from '@/lib/json/digest'
import { cells } from '../width'
import { draw, smallest } from './draw'
import { frameText, plainRows } from './frame'
import { Queue, readMark } from './queue'

const now = Date.parse('2026-11-30T10:00:00Z')

function approval(members: Partial<Approval> = {}): Approval {
  const tool = members.tool ?? 'process_refund'
  const params = members.params ?? { order_id: 'ORD-1', amount: 2400 }
  return {
    required: true,
    id: 'apr_01kbdqv3ze3c9qv5w2m8f7x4ht',
    status: 'pending',
    run_id: 'run_01kbdqv3ze3c9qv5w2m8f7x4ht',
    tool_call_id: 'call_1',
    agent: 'order-manager',
    digest: digestOf(tool, params),
    message: null,
    description: null,
    context: null,
    metadata: null,
    turn_id: null,
    rule: { tool, condition: 'param.amount > 1000', outcome: 'true', detail: null },
    on_rejection: 'continue',
    policy_version: 1,
    requested_at: '2026-11-30T09:58:00.000Z',
    expires_at: '2026-11-30T10:20:00.000Z',
    decided_at: null,
    decision: null,
    wait_ms: null,
    claimed_at: null,
    edited: null,
    denied: null,
    editable: null,
    requirement: null,
    progress: null,
    reviews: [],
    assignee: null,
    comments: 0,
    supersedes: null,
    superseded_by: null,
    next: { action: 'wait', message: '' },
    url: 'http://localhost:3000/p/approvals?approval=apr_01kbdqv3ze3c9qv5w2m8f7x4ht',
    ...members,
    tool,
    params,
  }
}

const view = { columns: 80, rows: 24, now, project: 'Shop', silentSince: undefined }

function queueOf(...items: Approval[]): Queue {
  const queue = new Queue()
  queue.isLoaded = true
  queue.takeList(items)
  return queue
}

const hostile = 'x\u001b[2J\u001b]0;t\u0007\u202eevil\u200b\u009b1;1H\r\nnew line\u2028返金'

describe('whatever an agent writes', () => {
  const queue = queueOf(
    approval({ params: { [hostile]: hostile, list: [hostile] }, description: hostile, agent: hostile }),
    approval({ id: 'apr_2', tool: 'b', params: { text: '返'.repeat(300) } }),
  )

  test('no character of it acts on the terminal', () => {
    const text = frameText(draw(queue, view), view, true)
    // ours: where a line begins, its styles, and the brackets of the frame
    const rest = text.replace(/\u001b\[(?:\d+;1H|2K|\??[\d;]*m|\?2026[hl])/g, '')
    expect(rest).not.toMatch(/(?![\u2068\u2069])[\p{Cc}\p{Cf}\p{Zl}]/u)
    expect(rest).toContain('⟨U+001B⟩[2J')
    expect(rest).toContain('⟨U+202E⟩evil')
  })

  test('every line is as wide as the screen at most, and placed by itself', () => {
    for (const columns of [40, 41, 80, 133]) {
      const size = { ...view, columns }
      const lines = frameText(draw(queue, size), size, false)
        .split(/\u001b\[\d+;1H/)
        .slice(1)
      expect(lines).toHaveLength(24)
      for (const line of lines) {
        expect(cells(line.replace(/\u001b\[[\d;?]*[A-Za-z]/g, ''))).toBeLessThanOrEqual(columns)
      }
    }
  })
})

test('a call that does not fit has been read once its end was on the screen', () => {
  const params = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`param_${at}`, at]))
  const long = approval({ params })
  const queue = queueOf(long)
  const seen = new Set<string>()
  for (let pages = 0; ; pages++) {
    const rows = plainRows(draw(queue, view))
    for (const row of rows) seen.add(row)
    if (queue.read.has(readMark(long))) {
      expect(pages).toBeGreaterThan(2)
      break
    }
    expect(rows.join('\n')).toMatch(/\d+ more lines: Space/)
    queue.scroll += queue.page - 1
  }
  for (let at = 0; at < 30; at++) expect([...seen].join('\n')).toContain(`param_${at} `)
})

test('a screen that is too small says so', () => {
  const rows = draw(queueOf(approval()), { ...view, columns: smallest.columns - 1 })
  expect(plainRows(rows)[0]).toMatch(/Make the terminal larger/)
})

describe('the list', () => {
  test('keeps its order while others come and go', () => {
    const queue = queueOf(approval({ id: 'apr_a' }), approval({ id: 'apr_b' }))
    queue.take(approval({ id: 'apr_c', expires_at: '2026-11-30T10:01:00.000Z' }))
    queue.take(approval({ id: 'apr_a', status: 'approved' }))
    expect(queue.shown.map(({ id, status }) => [id, status])).toEqual([
      ['apr_a', 'approved'],
      ['apr_b', 'pending'],
    ])
    expect([queue.current, queue.fresh.size, queue.waiting]).toEqual(['apr_a', 1, 1])
    queue.showFresh()
    expect(queue.shown.map(({ id }) => id)).toEqual(['apr_c', 'apr_b'])
  })

  test('an answer that comes late does not bring a call back', () => {
    const queue = queueOf(approval({ id: 'apr_a' }))
    queue.take(approval({ id: 'apr_a', status: 'rejected' }))
    queue.take(approval({ id: 'apr_a' }))
    expect(queue.item?.status).toBe('rejected')
  })

  test('a decision that was begun ends where somebody else decides', () => {
    const queue = queueOf(approval({ id: 'apr_a' }))
    queue.step = { decision: 'approve', subjects: queue.subjects, since: 0 }
    queue.take(approval({ id: 'apr_a', status: 'expired' }))
    expect([queue.step, queue.subjects]).toEqual([undefined, []])
    expect(queue.notice?.text).toMatch(/Somebody else was first\. Nothing was sent\./)
  })

  test('one that it has no more is told, to be read again', () => {
    const queue = queueOf(approval({ id: 'apr_a' }), approval({ id: 'apr_b' }))
    expect(queue.takeList([approval({ id: 'apr_b' })])).toEqual(['apr_a'])
  })
})
