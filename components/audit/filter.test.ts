import { describe, expect, it } from 'vitest'
import { pageQuery } from '@/lib/http/input'
import { pages } from '@/lib/paths'
import { auditFields } from './filter'

const read = (search: Record<string, string | string[]>) => pageQuery(auditFields, search).query

describe('filters in the address', () => {
  it.each([
    [{}, {}],
    [{ action: 'approval.approved' }, { action: 'approval.approved' }],
    [{ action: '' }, {}],
    [{ action: 'approval' }, {}],
    [{ action: 'approval.forgotten' }, {}],
    [{ action: ['approval.approved', 'approval.rejected'] }, {}],
    [{ actor: ' usr_1 ', target: '' }, { actor: 'usr_1' }],
    [{ target: 'x'.repeat(201) }, {}],
    [{ since: '2026-01-31T12:00' }, { since: '2026-01-31T12:00:00.000Z' }],
    [{ since: '2026-01-31T12:00:05' }, { since: '2026-01-31T12:00:05.000Z' }],
    [{ until: '2026-01-31T12:00:00+02:00' }, { until: '2026-01-31T10:00:00.000Z' }],
    [{ since: 'yesterday', until: '2026-02-30T12:00' }, {}],
    [{ cursor: 'abc' }, {}],
  ])('%j', (search, filter) => expect(read(search)).toEqual(filter))

  it('come back as they were written', () => {
    const filter = { action: 'agent.deployed', actor: 'key_&=?', since: '2026-01-31T12:00:00.000Z' }
    const { searchParams } = new URL(pages.audit('desk', filter), 'http://holdpoint.invalid')
    expect(read(Object.fromEntries(searchParams))).toEqual(filter)
  })
})
