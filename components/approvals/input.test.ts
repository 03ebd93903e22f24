import { expect, it } from 'vitest'
import { DecideFromPage, readQueueFilter, writeQueueFilter } from './input'

it.each([
  ['nothing', {}, {}],
  [
    'all four',
    { status: 'rejected', agent: 'a', tool: 't', q: 'x' },
    { status: 'rejected', agent: 'a', tool: 't', q: 'x' },
  ],
  ['blanks around a search', { q: '  ORD-1 ' }, { q: 'ORD-1' }],
  ['an empty search', { q: '  ', agent: '' }, {}],
  ['a status that is no outcome', { status: 'pending' }, {}],
  ['an unknown status', { status: 'maybe' }, {}],
  ['a name given twice', { agent: ['a', 'b'] }, {}],
  ['what is too long', { q: 'x'.repeat(201), tool: 't'.repeat(201), agent: 'a'.repeat(65) }, {}],
  ['other names', { approval: 'apr_1', __proto__x: '1' }, {}],
])('reads %s', (_, query, filter) => expect(readQueueFilter(query)).toEqual(filter))

it('writes a query string that reads back', () => {
  const filter = { status: 'approved', agent: 'order-manager', q: 'a&b=c d' } as const
  const text = writeQueueFilter(filter)
  expect(text).toBe('status=approved&agent=order-manager&q=a%26b%3Dc+d')
  expect(readQueueFilter(Object.fromEntries(new URLSearchParams(text)))).toEqual(filter)
  expect(writeQueueFilter({})).toBe('')
})

it.each([
  ['no digest', { id: 'apr_1', decision: 'approve' }],
  ['an empty digest', { id: 'apr_1', decision: 'approve', digest: '' }],
  ['another decision', { id: 'apr_1', decision: 'maybe', digest: 'sha256:0' }],
  ['a field of its own', { id: 'apr_1', decision: 'approve', digest: 'sha256:0', approved: true }],
  [
    'a reason that is too long',
    { id: 'apr_1', decision: 'reject', digest: 'sha256:0', reason: 'x'.repeat(4097) },
  ],
])('refuses a decision with %s', (_, input) => expect(DecideFromPage.safeParse(input).success).toBe(false))
