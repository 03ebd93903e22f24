import { expect, it } from 'vitest'
import { pageQuery } from '@/lib/http/input'
import { pages } from '@/lib/paths'
import { queueFields } from './filter'

const read = (search: Record<string, string | string[]>) => pageQuery(queueFields, search).query

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
])('reads %s', (_, search, filter) => expect(read(search)).toEqual(filter))

it('reads what was written', () => {
  const filter = { status: 'approved', agent: 'order-manager', q: 'a&b=c d' } as const
  const path = pages.approvals('desk', filter)
  expect(path).toBe('/desk/approvals?status=approved&agent=order-manager&q=a%26b%3Dc+d')
  expect(read(Object.fromEntries(new URL(path, 'http://holdpoint.invalid').searchParams))).toEqual(filter)
})
