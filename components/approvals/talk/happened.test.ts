import { expect, it } from 'vitest'
import type { TimelineItem } from '@/lib/approvals/comment-schemas'
import { happenedOf } from './happened'

const at = '2026-11-23T10:00:00.000Z'
const ann = { type: 'user', id: 'usr_ann', label: 'Ann' } as const
const item = (
  type: TimelineItem['type'],
  detail: TimelineItem['detail'] = {},
  actor: TimelineItem['actor'] = ann,
): TimelineItem => ({ at, type, actor, detail })

const words = (...items: TimelineItem[]) =>
  happenedOf(items).map(({ who, words: said }) => [who, said].filter(Boolean).join(' '))

it.each<[string, TimelineItem, string]>([
  ['the ask', item('asked', { agent: 'payer' }, null), 'payer asked'],
  ['a vote', item('voted', { decision: 'approve' }), 'Ann approved; more votes are needed'],
  ['a vote taken back', item('voted', { decision: 'withdraw' }), 'Ann took their vote back'],
  ['an edit', item('edited', { changes: [{ pointer: '/n', from: 2, to: 1 }] }), 'Ann changed /n from 2 to 1'],
  ['more time', item('extended', { by_seconds: 3600 }), 'Ann gave it 1 h more'],
  ['taking', item('assigned', { user_id: 'usr_ann', to: 'ann@acme.eu' }), 'Ann took it'],
  ['giving', item('assigned', { user_id: 'usr_ben', to: 'ben@acme.eu' }), 'Ann gave it to ben@acme.eu'],
  ['giving back', item('assigned', { user_id: null, to: null }), 'Ann handed it back'],
  ['escalation', item('escalated', { to: ['leads', 'role:admin'] }), 'leads or the admins may decide too'],
  ['break-glass', item('approved', { override: true }), 'Ann approved by break-glass'],
  ['the deadline', item('expired', {}, null), 'Nobody decided in time'],
  [
    'who withdrew',
    item('cancelled', { because: null }, { type: 'key', id: 'key_1', label: 'ci' }),
    'ci withdrew it',
  ],
  ['an archive', item('cancelled', { because: 'The project was archived by Ann.' }, { type: 'key', id: 'key_1', label: 'ci' }), 'Withdrawn. The project was archived by Ann.'], // prettier-ignore
  ['what nobody knows any more', item('cancelled', { because: null }, null), 'Withdrawn'],
  ['a failure', item('result', { status: 'failed' }, null), 'It ran and failed'],
])('%s', (_name, one, expected) => {
  expect(words(one)).toEqual([expected])
})

it('tells once of those who were told in one go, each named once', () => {
  const told = (label: string, how: string) =>
    item('told', { user: { id: `usr_${label}`, label }, how, kind: 'requested' }, null)
  expect(words(told('Ann', 'bell'), told('Ben', 'bell'), told('Ann', 'mail'))).toEqual([
    'Ann and Ben told here and by mail',
  ])
  const many = ['A', 'B', 'C', 'D', 'E'].map((name) => told(name, 'mail'))
  expect(words(...many, item('approved'))).toEqual(['A, B, C and 2 others told by mail', 'Ann approved'])
})

it('shows what nobody can see in names and values', () => {
  const hostile = item('edited', { changes: [{ pointer: '/n', from: 'a', to: 'b\u202ec' }] })
  expect(words(hostile)[0]).toContain('U+202E')
})
