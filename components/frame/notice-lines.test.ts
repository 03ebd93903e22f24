import { expect, it } from 'vitest'
import type { Notice } from '@/lib/notices/schemas'
import { noticeLines } from './notice-lines'

function notice(id: string, kind: Notice['kind'], approval: string | null, status = 'pending'): Notice {
  return {
    id,
    kind,
    text: null,
    approval:
      approval === null
        ? null
        : {
            id: approval,
            status: status as 'pending',
            agent: 'a',
            tool: 't',
            expires_at: '2026-01-31T12:00:00Z',
          },
    created_at: '2026-01-31T11:00:00Z',
    read_at: id.startsWith('read') ? '2026-01-31T11:30:00Z' : null,
    cleared_at: status === 'pending' ? null : '2026-01-31T11:30:00Z',
    url: 'http://holdpoint.invalid/',
  }
}

it('says a request once, in its newest state, and those that ended apart', () => {
  const { open, ended } = noticeLines([
    notice('6', 'last_call', 'apr_1'),
    notice('5', 'requested', 'apr_2', 'rejected'),
    notice('4', 'half_time', 'apr_1'),
    notice('3', 'webhook_disabled', null),
    notice('2', 'policy_loosened', null),
    notice('read1', 'requested', 'apr_1'),
  ])
  expect(open.map(({ notice: { id, kind }, unreadIds }) => [id, kind, unreadIds])).toEqual([
    ['6', 'last_call', ['6', '4']],
    ['3', 'webhook_disabled', ['3']],
    ['2', 'policy_loosened', ['2']],
  ])
  expect(ended.map(({ notice: { id }, unreadIds }) => [id, unreadIds])).toEqual([['5', []]])
})
