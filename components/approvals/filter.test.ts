import { expect, it } from 'vitest'
import { pageQuery } from '@/lib/http/input'
import { pages } from '@/lib/paths'
import { inTab, isNarrowed, listOfFilter, shownGroups } from './filter'
import { queueFields } from '@/lib/approvals/queue-filter'

const read = (search: Record<string, string | string[]>) => pageQuery(queueFields, search).query

it.each([
  ['nothing', {}, {}],
  [
    'all of them',
    { status: 'rejected', agent: 'a', tool: 't', q: 'x', sort: 'oldest' },
    { status: 'rejected', agent: 'a', tool: 't', q: 'x', sort: 'oldest' },
  ],
  ['blanks around a search', { q: '  ORD-1 ' }, { q: 'ORD-1' }],
  ['an empty search', { q: '  ', agent: '' }, {}],
  ['a status that is no outcome', { status: 'pending' }, {}],
  ['all that is decided', { status: 'decided' }, { status: 'decided' }],
  ['an unknown sort', { sort: 'loudest' }, {}],
  [
    'rule, deadline and groups',
    { rule: 'param.amount > 1000', due: '3600', group: 'tool', sort: 'largest', mine: 'false' },
    { rule: 'param.amount > 1000', due: '3600', group: 'tool', sort: 'largest', mine: 'false' },
  ],
  ['cues and what was put off', { cue: 'highest', snoozed: 'true' }, { cue: 'highest', snoozed: 'true' }],
  ['an unknown cue, and what was not put off', { cue: 'unreachable', snoozed: 'false' }, {}],
  ['another deadline, another group', { due: '60', group: 'day' }, {}],
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

it('asks for one list by each', () => {
  expect(listOfFilter({ agent: 'a' })).toMatchObject({ statuses: ['pending'], sort: 'deadline', agent: 'a' })
  expect(listOfFilter({ sort: 'newest' })).toMatchObject({ statuses: ['pending'], sort: 'newest' })
  expect(listOfFilter({ status: 'decided' }).statuses).toHaveLength(4)
  expect(listOfFilter({ status: 'expired', sort: 'oldest' })).toMatchObject({
    statuses: ['expired'],
    sort: 'decided',
  })
  expect(inTab({ status: 'rejected', agent: 'a', sort: 'oldest' }, 'pending')).toEqual({ agent: 'a' })
  expect(inTab({ sort: 'oldest', q: 'x' }, 'decided')).toEqual({ status: 'decided', q: 'x' })
  expect(listOfFilter({ rule: 'pay.*', due: '600' })).toMatchObject({ rule: 'pay.*', due: '600' })
  expect(inTab({ rule: 'pay.*', due: '600', group: 'tool' }, 'decided')).toEqual({ status: 'decided' })
  const whole = [{}, { status: 'decided' }, { sort: 'newest' }, { mine: 'false' }]
  expect(whole.some((one) => isNarrowed(one as object))).toBe(false)
  expect(
    [{ status: 'expired' }, { q: 'x' }, { rule: 'r' }, { due: '600' }, { mine: 'true' }].every((one) =>
      isNarrowed(one as object),
    ),
  ).toBe(true)
})

it('shows groups until one of them is chosen', () => {
  expect(shownGroups({ group: 'tool' })).toBe('tool')
  expect(shownGroups({ group: 'tool', agent: 'a' })).toBe('tool')
  expect(shownGroups({ group: 'tool', tool: 'pay' })).toBeUndefined()
  expect(shownGroups({ group: 'tool', status: 'decided' })).toBeUndefined()
  expect(shownGroups({ tool: 'pay' })).toBeUndefined()
  expect(shownGroups({ group: 'tool', tool: 'pay.*' })).toBe('tool')
  expect(shownGroups({ group: 'run', run: 'run_1' })).toBeUndefined()
})
