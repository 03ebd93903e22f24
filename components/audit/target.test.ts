import { describe, expect, it } from 'vitest'
import type { AuditEntry } from '@/lib/audit/schemas'
import { newId } from '@/lib/ids'
import { linkOf } from './target'

const approvalId = newId('approval')

function entry(
  target: Omit<AuditEntry['target'], 'commitment'>,
  detail: Record<string, unknown> = {},
): AuditEntry {
  const actor = { type: 'system', id: 'sweeper', label: 'Holdpoint', commitment: null } as const
  const seal = { v: 1, seq: null, salt: null, erased_at: null, prev_hash: null, hash: null }
  const origin = { credential_id: null, request_id: null, address: null }
  const commitments = { detail_commitment: null, address_commitment: null }
  return {
    id: newId('audit'),
    at: '2026-01-31T12:00:00Z',
    action: 'approval.approved',
    actor,
    via: 'system',
    target: { ...target, commitment: null },
    detail,
    ...commitments,
    ...origin,
    ...seal,
  }
}

describe('where an entry leads', () => {
  it.each([
    [entry({ type: 'approval', id: approvalId, label: 'db' }, { run_id: 'run_1' }), '/p/runs/run_1'],
    [entry({ type: 'approval', id: approvalId, label: 'db' }), `/p/approvals?approval=${approvalId}`],
    [entry({ type: 'approval', id: 'stp_1', label: 'db' }), null],
    [
      entry({ type: 'approval', id: 'apr_//evil', label: 'db' }, { run_id: '//evil.example' }),
      '/p/runs/%2F%2Fevil.example',
    ],
    [entry({ type: 'approval', id: 'apr_//evil', label: 'db' }, { run_id: '..' }), null],
    [
      entry({ type: 'agent', id: 'agt_1', label: 'order-manager' }, { version: 3 }),
      '/p/agents/order-manager?version=3',
    ],
    [entry({ type: 'agent', id: 'agt_1', label: '../keys' }), null],
    [entry({ type: 'member', id: 'usr_1', label: 'a@b.c' }), null],
  ])('case %#', (given, href) => expect(linkOf('p', given)).toBe(href))
})
