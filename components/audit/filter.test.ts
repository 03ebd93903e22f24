import { describe, expect, it } from 'vitest'
import { readAuditFilter, writeAuditFilter } from './filter'

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
  ])('%j', (query, filter) => expect(readAuditFilter(query)).toEqual(filter))

  it('come back as they were written', () => {
    const filter = { action: 'agent.deployed', actor: 'key_&=?', since: '2026-01-31T12:00:00.000Z' }
    expect(readAuditFilter(Object.fromEntries(new URLSearchParams(writeAuditFilter(filter))))).toEqual(filter)
  })
})
