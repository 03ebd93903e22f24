import { describe, expect, it } from 'vitest'
import { auditActions } from '@/lib/audit/actions'
import type { AuditEntry } from '@/lib/audit/schemas'
import { sentenceOf, toldActions } from './sentence'

const told = (action: string, detail: object, target = 'TARGET') => {
  const actor = { type: 'user', id: 'usr_1', label: 'Ana' } as const
  const entry = { action, detail, actor, target: { type: 'x', id: target, label: target } }
  const { verb, hasTarget, after, quote } = sentenceOf(entry as unknown as AuditEntry)
  return `Ana ${[verb, hasTarget ? target : '', after, quote && `“${quote}”`].filter(Boolean).join(' ')}`
}

it('tells every action', () => expect(toldActions.toSorted()).toEqual([...auditActions].sort()))

describe('an entry in words', () => {
  it.each([
    [
      'approval.rejected',
      { agent: 'billing', reason: 'Never the whole table.', wait_ms: 360_000 },
      'Ana rejected TARGET for billing, 6 min after it was asked “Never the whole table.”',
    ],
    [
      'approval.approved',
      { agent: 'billing', reason: null, wait_ms: null },
      'Ana approved TARGET for billing',
    ],
    [
      'approval.claim_refused',
      { code: 'grant_expired' },
      'Ana was refused the use of TARGET (grant_expired)',
    ],
    [
      'approval.escalated',
      { to: ['leads', 'role:admin'] },
      'Ana asked leads and the admins too to decide on TARGET',
    ],
    ['agent.deployed', { version: 3 }, 'Ana deployed version 3 of TARGET'],
    [
      'member.role_changed',
      { from: 'viewer', to: 'admin' },
      'Ana changed the role of TARGET from viewer to admin',
    ],
    ['key.created', { scopes: ['run', 'read'] }, 'Ana made the key TARGET for run, read'],
    ['session.created', { way: 'github' }, 'Ana signed in TARGET with github'],
    ['audit.exported', { format: 'csv' }, 'Ana exported the audit log as csv'],
    [
      'audit.erased',
      { entry_ids: ['aud_1', 'aud_2'], reason: 'Asked to forget.' },
      'Ana erased what 2 entries said “Asked to forget.”',
    ],
    ['thing.of_tomorrow', {}, 'Ana did thing.of_tomorrow to TARGET'],
  ])('%s', (action, detail, words) => expect(told(action, detail)).toBe(words))

  it('of somebody’s own is told without naming them twice', () =>
    expect(told('member.joined', { role: 'viewer' }, 'usr_1')).toBe('Ana joined as viewer'))

  it('of a sign-in says by what, in words', () =>
    expect(told('session.created', { way: 'operator_link' }, 'usr_1')).toBe(
      'Ana signed in by a link that an operator made',
    ))
})
